import type { ProfileProperty, TextComponent } from '@infrarust/minecraft'
import type { SocketAddress } from '../addresses/socket-address.ts'
import type { Reason } from '../record/reasons.ts'
import type { ConnectionId } from '../transport/contract.ts'

/** What rules know about a client as soon as its address is known. */
export interface ClientFacts {
  readonly id: ConnectionId
  readonly listener: string
  readonly peer: SocketAddress
  readonly client: SocketAddress
  /** After a v2 LOCAL or a v1 UNKNOWN: exempt from limits and counts until a login shows that it is a player. */
  readonly isHealthCheck: boolean
  /** Monotonic milliseconds of the question. */
  readonly at: number
}

/** What the client wants, and where, as its first message says. */
export interface IntentFacts {
  readonly intent: 'status' | 'login' | 'transfer' | 'legacy_status' | 'legacy_login'
  /** Cleaned up; undefined for legacy pings that name none. */
  readonly domain: string | undefined
  readonly protocol: number | undefined
}

/** Who the player is: what the client says, until a session server has said it. */
export interface PlayerFacts {
  /** The verified one, where there is one. */
  readonly name: string
  /** As the client claims it: nobody has authenticated it. */
  readonly claimedUuid: string | undefined
  /** Left out where nobody has authenticated the player: not yet, or not in this proxy mode. */
  readonly verified?: VerifiedPlayer
  /** A session server is going to be asked: then UUIDs are judged by its answer, and not by what is claimed before. */
  readonly isToBeVerified?: true
}

/** What a session server has vouched for, beside the name. */
export interface VerifiedPlayer {
  readonly uuid: string
  /** The name that the client had claimed; often the same. */
  readonly claimedName: string
  /** The skin. Empty as soon as a session stands, which may last for hours. */
  readonly properties: readonly ProfileProperty[]
}

/** Why somebody is turned away, with what a text about it needs. */
export interface Refusal {
  readonly reason: Reason
  /** Epoch milliseconds, for `{expires}`. */
  readonly expiresAt?: number
  /** The text of a ban, for `{reason}`. */
  readonly detail?: string
  /** Of a server that is being started, for `{elapsed}`, `{eta}`, `{waiting}` and `{position}`. */
  readonly sight?: PowerSight
  /** Instead of what the configuration has for the reason. */
  readonly texts?: RefusalTexts
}

/** The operator's own texts for one refusal; what is missing is taken from the configuration. Placeholders are filled in. */
export interface RefusalTexts {
  /** For a login. */
  readonly kick?: TextComponent
  /** For a list ping. */
  readonly status?: TextComponent
}

/** How far the start of a server is, as texts may say it. */
export interface PowerSight {
  readonly elapsedMs: number
  /** How long a start usually takes; undefined where none has succeeded yet. */
  readonly etaMs: number | undefined
  /** Players who wait for it. */
  readonly waiting: number
  /** Its place among the servers that wait for their turn to start, from 1. */
  readonly position?: number
}
