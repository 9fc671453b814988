import type { PlayerFacts, PowerSight } from '../policy/facts.ts'
import type { ConnectionId } from '../transport/contract.ts'

/** Servers that are started and stopped here, as connections ask about them. Each question is answered at once. */
export interface ManagedServers {
  /** @returns undefined for a server that nobody here starts or stops */
  sight(serverId: string): ServerSight | undefined
  /**
   * A player whom every rule lets in wants to join. Where the server sleeps this may wake it. Asked again when a wait is
   * over; from the first question to the end of the connection the player counts as a session.
   */
  join(login: JoiningLogin): JoinAnswer
}

/** Who wants to join which server. */
export interface JoiningLogin {
  readonly id: ConnectionId
  readonly serverId: string
  /** Canonical. */
  readonly client: string | undefined
  readonly player: PlayerFacts
  /** Whether the client can be kept waiting for longer than its own patience. */
  readonly canWait: boolean
}

/** What a player is to do who wants to join. */
export type JoinAnswer =
  /** The server is up. */
  | { readonly kind: 'up' }
  /** `detail` is for the player. */
  | {
      readonly kind: 'refused'
      readonly reason: 'starting' | 'wake_failed' | 'wake_refused'
      readonly detail?: string
      readonly sight: ServerSight
    }
  /** When `done` resolves the same question has another answer. */
  | { readonly kind: 'wait'; readonly done: PromiseLike<unknown>; readonly abandon: () => void }

/**
 * - `unknown`: it was not found out yet, or cannot be
 * - `sleeping`: it is stopped, and may be started
 * - `starting`: it was ordered to start, or waits for its turn, or was found starting
 * - `online`: it answers list pings
 * - `stopping`: it was decided to stop it
 * - `crashed`: a start has failed, or it has ended when nobody wanted it to
 */
export type ServerPhase = 'unknown' | 'sleeping' | 'starting' | 'online' | 'stopping' | 'crashed'

/** What is known of a server that is started and stopped here; `elapsedMs` is how long it has been in its phase. */
export interface ServerSight extends PowerSight {
  readonly phase: ServerPhase
  /** Of `crashed` and `unknown`, for the operator. */
  readonly why?: string
}
