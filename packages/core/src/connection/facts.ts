import type { FirstMessage, Profile } from '@infrarust/minecraft'
import type { Tlv } from '@infrarust/proxy-protocol'
import type { SocketAddress } from '../addresses/socket-address.ts'
import type { Endpoint } from '../names/backend-names.ts'
import type { IntentFacts, PlayerFacts, Refusal, VerifiedPlayer } from '../policy/facts.ts'
import type { Server } from '../server/server.ts'
import type { ConnectionId } from '../transport/contract.ts'
import type { ListenerRules } from './context.ts'

/**
 * What is known about a connection. It grows from left to right: each step takes the facts that its state has and hands
 * larger ones to the next state, so that what must be known somewhere stands in a type.
 *
 * They grow in place, by the functions at the end of this file and by nothing else: one for each thing that is found out,
 * which returns them as what they are then. A copy for each of the ten steps of a login was a tenth of what JavaScript does
 * for it (`pnpm bench`).
 */
export type Facts = Arrived | IntentKnown | Routed | Joining | Pinging | Dialled | Relayed

/** True from the accept on. */
interface Always {
  readonly id: ConnectionId
  readonly listener: ListenerRules
  readonly peer: SocketAddress
  /** The accepted socket's own address. */
  readonly local: SocketAddress
  readonly acceptedAt: number
  /** There was no room for it when it came: it is read on only for the sake of the answer. */
  readonly overCapacity: Refusal | undefined
  /** The peer until a believed header says otherwise. */
  readonly client: SocketAddress
  readonly receivedHeader: ReceivedHeader | undefined
  /** Until a login shows that a player came with a LOCAL or UNKNOWN header. */
  readonly isHealthCheck: boolean
  /** Whether a policy's `admitClient` was asked, so that `released` is due. */
  readonly wasAdmissionAsked: boolean
}

/** Two socket addresses, and after the PROXY header the client. */
export interface Arrived extends Always {
  readonly opening: undefined
  readonly intent: undefined
  readonly destination: undefined
  readonly player: undefined
  readonly ping: undefined
  readonly answerDueAt: undefined
  readonly endpoint: undefined
}

/** The handshake, or a legacy ping or login, has said what the client wants. A legacy login names the player at once. */
export interface IntentKnown extends Always {
  readonly opening: FirstMessage
  readonly intent: IntentFacts
  readonly destination: undefined
  readonly player: PlayerFacts | undefined
  readonly ping: undefined
  readonly answerDueAt: undefined
  readonly endpoint: undefined
}

/** And where that leads. */
export interface Routed extends Always {
  readonly opening: FirstMessage
  readonly intent: IntentFacts
  readonly destination: Destination
  readonly player: PlayerFacts | undefined
  readonly ping: undefined
  readonly answerDueAt: undefined
  readonly endpoint: undefined
}

/** The client has said all that it has to say. */
export type Complete = Joining | Pinging

/** A login: the player is known. */
export interface Joining extends Always {
  readonly opening: FirstMessage
  readonly intent: IntentFacts
  readonly destination: Destination
  readonly player: PlayerFacts
  readonly ping: undefined
  /** By when there must be an answer. */
  readonly answerDueAt: number
  readonly endpoint: undefined
}

/** A list ping: the status was asked for. */
export interface Pinging extends Always {
  readonly opening: FirstMessage
  readonly intent: IntentFacts
  readonly destination: Destination
  readonly player: undefined
  readonly ping: Ping
  readonly answerDueAt: number
  readonly endpoint: undefined
}

export interface Ping {
  /** Of a ping that came right behind its status request. */
  readonly payload: Uint8Array | undefined
  /** Where it is relayed: to be told when the backend has answered, and at the end of the connection. */
  readonly relayed: { readonly done: (() => void) | undefined } | undefined
}

/** A backend is dialled, or was in vain. The endpoint is the first until another one stands, or all have failed. */
export type Dialled = (Omit<Joining, 'endpoint'> | Omit<Pinging, 'endpoint'>) & { readonly endpoint: Endpoint }

/** The same of a player. */
export type DialledLogin = Omit<Joining, 'endpoint'> & { readonly endpoint: Endpoint }

/** A relay stands. It may last for hours, so what only an answer would need is let go. */
export interface Relayed extends Always {
  readonly opening: undefined
  readonly intent: IntentFacts
  readonly destination: Destination
  readonly player: PlayerFacts | undefined
  readonly ping: undefined
  readonly answerDueAt: undefined
  readonly endpoint: Endpoint
}

/** Where a connection goes. */
export type Destination =
  | { readonly kind: 'server'; readonly server: Server }
  /** Only a text can be given; `server` where the name belongs to one. */
  | { readonly kind: 'nowhere'; readonly refusal: Refusal; readonly server: Server | undefined }
  | { readonly kind: 'welcome' }
  /** No provider that could know the name has spoken yet. */
  | { readonly kind: 'not-ready' }

/** What a believed header says. */
export interface ReceivedHeader {
  readonly version: 1 | 2
  readonly command: 'PROXY' | 'LOCAL' | 'UNKNOWN'
  readonly headerBytes: number
  /** Where the client wanted to go, as the sender of the header saw it; not there after LOCAL and UNKNOWN. */
  readonly destination: SocketAddress | undefined
  /** To pass on; empty where the sender is not written down as trusted. */
  readonly tlvs: readonly Tlv[]
}

/** What is known of a connection that was just accepted. */
export function arrived(
  id: ConnectionId,
  accepted: { readonly at: number; readonly peer: SocketAddress; readonly local: SocketAddress },
  listener: ListenerRules,
): Arrived {
  return {
    id,
    listener,
    peer: accepted.peer,
    local: accepted.local,
    acceptedAt: accepted.at,
    overCapacity: undefined,
    client: accepted.peer,
    receivedHeader: undefined,
    isHealthCheck: false,
    wasAdmissionAsked: false,
    opening: undefined,
    intent: undefined,
    destination: undefined,
    player: undefined,
    ping: undefined,
    answerDueAt: undefined,
    endpoint: undefined,
  }
}

/** The player as rules are asked about one: of whom a session server is asked next, that is said. */
export function judgedPlayer(facts: Facts): PlayerFacts | undefined {
  const { player } = facts
  if (player === undefined || player.verified !== undefined) return player
  return serverOf(facts)?.proxyMode === 'client_only' ? { ...player, isToBeVerified: true } : player
}

/** The server that it goes to, where there is one: for the record and the live view. */
export function serverOf({ destination }: Facts): Server | undefined {
  return destination === undefined || !('server' in destination) ? undefined : destination.server
}

export function isPing({ intent }: IntentFacts): boolean {
  return intent === 'status' || intent === 'legacy_status'
}

/** The same, open for what is found out. All of them have the same fields. */
type Open = { -readonly [Field in keyof Facts]: Facts[Field] }

/** There is no room for it. */
export function knowOverCapacity(facts: Arrived, refusal: Refusal): void {
  const open: Open = facts
  open.overCapacity = refusal
}

/** A believed header has named the client, or says that it is a health check and nobody else. */
export function knowHeader(facts: Arrived, receivedHeader: ReceivedHeader, client: SocketAddress | undefined): void {
  const open: Open = facts
  open.receivedHeader = receivedHeader
  if (client === undefined) open.isHealthCheck = true
  else open.client = client
}

/** The header was not its client's: a second one stands behind it, and its sender answers for both. */
export function knowSender(facts: Arrived): void {
  const open: Open = facts
  open.client = facts.peer
}

/** From now on the policies are told of its end. */
export function knowAdmissionAsked(facts: Arrived): void {
  const open: Open = facts
  open.wasAdmissionAsked = true
}

/** A login came behind the header of a health check. */
export function knowPlayerBehindCheck(facts: IntentKnown): void {
  const open: Open = facts
  open.isHealthCheck = false
}

/** The handshake was read. */
export function knowIntent(
  facts: Arrived,
  opening: FirstMessage,
  intent: IntentFacts,
  player: PlayerFacts | undefined,
): IntentKnown {
  const open: Open = facts
  open.opening = opening
  open.intent = intent
  open.player = player
  return open as IntentKnown
}

/** It is known where the name leads. */
export function knowDestination(facts: IntentKnown, destination: Destination): Routed {
  const open: Open = facts
  open.destination = destination
  return open as Routed
}

/** With another routing table it leads elsewhere. */
export function knowOtherDestination(facts: Complete, destination: Destination): void {
  const open: Open = facts
  open.destination = destination
}

/** A player wants to join, and waits for an answer from now on. */
export function knowPlayer(facts: Routed, player: PlayerFacts, answerDueAt: number): Joining {
  const open: Open = facts
  open.player = player
  open.answerDueAt = answerDueAt
  return open as Joining
}

/** Somebody wants to see the status. */
export function knowPing(facts: Routed, payload: Uint8Array | undefined, answerDueAt: number): Pinging {
  const open: Open = facts
  open.player = undefined
  open.ping = { payload, relayed: undefined }
  open.answerDueAt = answerDueAt
  return open as Pinging
}

/** A session server has said who the player is: from now on that is the player. */
export function knowVerified(facts: Joining, { uuid, name, properties }: Profile): void {
  const open: Open = facts
  const { name: claimedName, claimedUuid } = facts.player
  open.player = { name, claimedUuid, verified: { uuid, claimedName, properties } }
}

/** The client was sent something, and waits anew from then on. */
export function knowAnswerDue(facts: Joining | DialledLogin, answerDueAt: number): void {
  const open: Open = facts
  open.answerDueAt = answerDueAt
}

/** The backend itself answers the ping. */
export function knowPingRelayed(facts: Pinging, done: (() => void) | undefined): void {
  const open: Open = facts
  open.ping = { payload: facts.ping.payload, relayed: { done } }
}

/** The address that is dialled, or was dialled last. */
export function knowEndpoint(facts: Complete | Dialled, endpoint: Endpoint): Dialled {
  const open: Open = facts
  open.endpoint = endpoint
  return open as Dialled
}

/** The same of a player whom the proxy logs in. */
export function knowLoginEndpoint(facts: DialledLogin, endpoint: Endpoint): DialledLogin {
  const open: Open = facts
  open.endpoint = endpoint
  return open as DialledLogin
}

/** A relay stands: what only an answer would need is let go. */
export function knowRelay(facts: Dialled, endpoint: Endpoint): Relayed {
  const open: Open = facts
  open.opening = undefined
  open.ping = undefined
  open.answerDueAt = undefined
  open.endpoint = endpoint
  if (facts.player?.verified !== undefined) open.player = withoutSkin(facts.player, facts.player.verified)
  return open as Relayed
}

function withoutSkin({ name, claimedUuid }: PlayerFacts, { uuid, claimedName }: VerifiedPlayer): PlayerFacts {
  return { name, claimedUuid, verified: { uuid, claimedName, properties: [] } }
}
