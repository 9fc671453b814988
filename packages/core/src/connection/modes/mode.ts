import type { Server } from '../../server/server.ts'
import type { Joining } from '../facts.ts'
import type { Next, Turn } from '../turn.ts'

/** What a proxy mode does between Login Start and the relay. */
export type Mode =
  /** `begin` is asked when the player is known and admitted, and again after each wait. */
  | { readonly kind: 'served'; begin(turn: Turn, facts: Joining, server: Server): Next }
  /** Logins are refused as `server_down`; `detail` tells the player why. List pings do no harm and are answered. */
  | { readonly kind: 'refused'; readonly detail: string }
