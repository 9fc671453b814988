import type { SocketAddress } from '../addresses/socket-address.ts'
import type { Reason } from '../record/reasons.ts'
import type { Server } from '../server/server.ts'

/** What a list ping of a routed server gets. */
export interface StatusSource {
  ask(question: StatusQuestion): StatusDecision
}

/** Who asks for the status of which server. */
export interface StatusQuestion {
  readonly server: Server
  readonly domain: string | undefined
  readonly protocol: number | undefined
  readonly client: SocketAddress
}

/** What a client that has asked for a status is to get. */
export type StatusDecision =
  /** `json` as a backend sent it or as `statusJson` writes it; `rest` is what the backend had appended to it. */
  | { readonly kind: 'answer'; readonly json: string; readonly rest?: Uint8Array }
  /** `done` is called, once or twice, when the backend has answered or the connection is over. */
  | { readonly kind: 'relay'; readonly done?: () => void }
  /** Without a reason it is the server's: `server_down`. */
  | { readonly kind: 'down'; readonly reason?: NotTheServers | undefined }
  /** When `done` resolves or rejects the same question has a better answer; `abandon` tells that nobody waits here any more. */
  | { readonly kind: 'pending'; readonly done: PromiseLike<unknown>; readonly abandon?: () => void }

/** Why a server has no status that was not asked for one: it leads back here, or there was no descriptor to ask with. */
export type NotTheServers = Extract<Reason, 'loop' | 'proxy_full'>

/** Relays every ping to its backend. */
export const RELAYED_STATUSES: StatusSource = { ask: () => ({ kind: 'relay' }) }
