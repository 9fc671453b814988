import { dialBackend } from '../steps/dial.ts'
import type { Mode } from './mode.ts'

/** The backend talks to the player, the proxy relays: it dials, and the client's own bytes go on as they came. */
export const passthrough: Mode = { kind: 'served', begin: dialBackend }
