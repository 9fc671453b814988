import type { ProxyMode } from '../../server/server.ts'
import type { Mode } from './mode.ts'
import { passthrough } from './passthrough.ts'

/** A proxy that was told to authenticate must not let players in unauthenticated. */
const CANNOT_AUTHENTICATE: Mode = { kind: 'refused', detail: 'This proxy cannot check accounts for that server.' }

/** The proxy modes by their names in `proxy_mode`. */
export const MODES: Readonly<Record<ProxyMode, Mode>> = {
  passthrough,
  server_only: passthrough,
  zero_copy: passthrough,
  intercepted: passthrough,
  offline: passthrough,
  client_only: CANNOT_AUTHENTICATE,
  full: CANNOT_AUTHENTICATE,
}
