import type { Status, TextComponent } from '@infrarust/minecraft'
import type { SocketAddress } from '../addresses/socket-address.ts'
import type { GatewayTimeouts, ReceivedProxyProtocol } from '../config/gateway.ts'
import type { Server } from '../config/server.ts'
import type { DialsUnderWay } from '../loop/dials-under-way.ts'
import type { Endpoints } from '../names/backend-names.ts'
import type { PolicyChain } from '../policy/chain.ts'
import type { Route } from '../router/routing-table.ts'
import type { ConnectionId } from '../transport/contract.ts'
import type { Reason } from './reason.ts'

/** All that the logic of a connection asks. Every question is answered at once; nothing here is a promise it waits for. */
export interface Surroundings {
  readonly settings: ConnectionSettings
  readonly policies: PolicyChain
  readonly routes: Routes
  readonly endpoints: EndpointSource
  readonly statuses: StatusSource
  readonly messages: Messages
  readonly dials: DialsUnderWay
  /** Whether one more connection may be kept for the sake of an answer. Asked again it says the same. */
  mayAnswer(id: ConnectionId): boolean
  /** 1 to 128 bytes that name this connection for a backend; never used twice. */
  uniqueId(id: ConnectionId): Uint8Array
  notice(notice: Notice): void
  /** The same, unless one with this key was given in the last `againMs`: what would repeat itself with each connection. */
  noticeSeldom(key: string, againMs: number, notice: Notice): void
}

export interface ConnectionSettings {
  readonly timeouts: GatewayTimeouts
  /** For one attempt to dial, where the server sets none. */
  readonly connectTimeoutMs: number
  readonly unknownDomainBehavior: 'default_motd' | 'drop'
}

/** A listener as a connection sees it. */
export interface Listener {
  readonly name: string
  readonly proxyProtocol: ReceivedProxyProtocol
  /** Whether `trusted` is written down and holds this canonical address. */
  isTrusted(address: string): boolean
}

/** For the operator. */
export interface Notice {
  readonly level: 'info' | 'warn' | 'error'
  readonly message: string
}

/** Something is under way. When `done` resolves or rejects the same question has a better answer. */
export interface Pending {
  readonly kind: 'pending'
  readonly done: Promise<unknown>
  /** Nobody here waits any more; work that others wait for goes on. */
  readonly abandon?: () => void
}

/** Where names lead: the routing table of the moment. */
export interface Routes {
  /** @param domain cleaned up; undefined where the client named none */
  route(domain: string | undefined): Route | Welcome
  /** Resolves with the next routing table; asked for after `not-ready`. */
  nextTable(): Promise<unknown>
}

/** The built-in server of a first run, which shows newcomers their own address and tells them what to do next. */
export interface Welcome {
  readonly kind: 'welcome'
}

/** The addresses of a server, names resolved, in the order of failover. */
export interface EndpointSource {
  of(server: Server): Endpoints
}

/** What a list ping of a routed server gets. */
export interface StatusSource {
  ask(question: StatusQuestion): StatusDecision
}

export interface StatusQuestion {
  readonly server: Server
  readonly domain: string | undefined
  readonly protocol: number | undefined
  readonly client: SocketAddress
}

export type StatusDecision =
  /** `json` as a backend sent it or as `statusJson` writes it. */
  | { readonly kind: 'answer'; readonly json: string }
  /** `done` is called, once or twice, when the backend has answered or the connection is over. */
  | { readonly kind: 'relay'; readonly done?: () => void }
  /** Without a reason it is the server's: `server_down`. */
  | { readonly kind: 'down'; readonly reason?: NotTheServers | undefined }
  | Pending

/** Why a server has no status that was not asked for one: it leads back here, or there was no descriptor to ask with. */
export type NotTheServers = Extract<Reason, 'loop' | 'proxy_full'>

/** Relays every ping to its backend. */
export const RELAYED_STATUSES: StatusSource = { ask: () => ({ kind: 'relay' }) }

/** Turns the cause of an answer into what a player reads. */
export interface Messages {
  /** Whether nothing at all is said for this reason. */
  isSilent(reason: Reason, server: Server | undefined): boolean
  kick(about: About): TextComponent
  status(about: About): StatusText
}

/** What there is to say something about. */
export interface About {
  /** `welcome`: the built-in server of a first run. */
  readonly cause: Reason | 'welcome'
  readonly client: SocketAddress
  readonly domain: string | undefined
  readonly server: Server | undefined
  /** Of a refusal: the text of a ban, and when it ends in epoch milliseconds. */
  readonly detail: string | undefined
  readonly expiresAt: number | undefined
}

/** A status without the protocol number, which is always the client's own. */
export interface StatusText extends Pick<Status, 'description' | 'players' | 'favicon'> {
  readonly versionName: string
}
