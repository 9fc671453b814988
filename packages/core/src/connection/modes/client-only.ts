import { logIn } from '../steps/log-in.ts'
import { requestEncryption } from '../steps/request-encryption.ts'
import type { Mode } from './mode.ts'

/**
 * The proxy authenticates and enciphers the client, logs in to the backend for it, and passes the backend's own login on;
 * from Login Success on it relays.
 */
export const clientOnly: Mode = {
  kind: 'served',
  begin: (turn, facts, server) =>
    facts.player.verified === undefined ? requestEncryption(turn, facts, server) : logIn(turn, facts, server),
}
