import type { ProxyMode } from '../../server/server.ts'
import { clientOnly } from './client-only.ts'
import type { Mode } from './mode.ts'
import { offline } from './offline.ts'
import { passthrough } from './passthrough.ts'

/** The backend would have to authenticate with what only the client has; nobody is let in without. */
const CANNOT_AUTHENTICATE: Mode = { kind: 'refused', detail: 'This proxy cannot check accounts for that server.' }

/** The proxy modes by their names in `proxy_mode`. */
export const MODES: Readonly<Record<ProxyMode, Mode>> = {
  passthrough,
  server_only: passthrough,
  zero_copy: passthrough,
  intercepted: passthrough,
  offline,
  client_only: clientOnly,
  full: CANNOT_AUTHENTICATE,
}
