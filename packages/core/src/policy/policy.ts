import type { AccessRecord } from '../record/access-record.ts'
import type { ClientFacts, IntentFacts, PlayerFacts, Refusal } from './facts.ts'

/**
 * A rule about who may connect. Each method is called at the earliest stage that knows its datum, in the order of the
 * policies; the first refusal stands. All of them are synchronous and cheap: a flood pays for each call.
 * Everything that a policy judges is the *client* address, never the peer.
 *
 * `Server` is what the policy looks at of a server; the gateway's policies are given all of it.
 */
export interface Policy<Server> {
  readonly name: string
  /**
   * The client address is known, nothing of the handshake has been read. Asked a second time, with `isHealthCheck` false,
   * where a login follows a LOCAL or UNKNOWN header.
   */
  admitClient?(client: ClientFacts): Refusal | undefined
  /** The handshake (or the legacy ping or login) has been read: domain and intent are known. */
  admitIntent?(client: ClientFacts, intent: IntentFacts): Refusal | undefined
  /** It is known where the client goes; `server` is undefined where the name leads nowhere and only an answer is due. */
  admitToServer?(client: ClientFacts, intent: IntentFacts, server: Server | undefined): Refusal | undefined
  /**
   * Login Start has been read. `server` is undefined where no server was found and only an answer is due. Asked a second time,
   * with `verified`, where a session server has said who the player is.
   */
  admitPlayer?(client: ClientFacts, player: PlayerFacts, server: Server | undefined): Refusal | undefined
  /** Asked once more right before a relay is decided; counts nothing. A ban that landed meanwhile is found here. */
  recheck?(client: ClientFacts, player: PlayerFacts | undefined, server: Server): Refusal | undefined
  /**
   * A player has waited for a server to start, perhaps for minutes: asked before `admitPlayer` is asked again, and counts
   * nothing. For what `admitClient` and `admitToServer` have judged, and what may have changed since.
   */
  readmit?(client: ClientFacts, server: Server): Refusal | undefined
  /** A policy has refused whom others may have counted already, who can then take that back. Texts are still to be sent. */
  refused?(client: ClientFacts, refusal: Refusal): void
  /** The connection is over; called exactly once for every connection that `admitClient` (of any policy) was asked about. */
  released?(client: ClientFacts, record: AccessRecord): void
}
