import { bindsOverlap, type GatewayConfig } from '@infrarust/core'
import {
  type BindAddress,
  bindAddressWithPort,
  hostName,
  type KeyTable,
  keyTable,
  list,
  type Problem,
} from '@infrarust/core/provider'

/** `[admin]`: where metrics and health are served. */
export interface AdminConfig {
  /** Where metrics and health are served; undefined: nowhere. */
  readonly bind: BindAddress | undefined
  /** Names in a request's `Host` that are answered, beside addresses and names without a dot. */
  readonly allowedHosts: readonly string[]
}

/** What metrics and health take of `infrarust.toml`. */
export interface WithAdmin {
  readonly admin: AdminConfig
}

const adminKeys: KeyTable<AdminConfig> = keyTable<AdminConfig>({
  bind: {
    kind: 'key',
    from: 'operator',
    name: 'bind',
    type: bindAddressWithPort,
    default: undefined,
    absent: 'no such listener',
    description: 'Serves `/metrics`, `/healthz` and `/readyz` over HTTP, to whoever can reach this address.',
    example: '127.0.0.1:9100',
    reload: 'restart',
  },
  allowedHosts: {
    kind: 'key',
    from: 'operator',
    name: 'allowed_hosts',
    type: list(hostName, 'names'),
    default: [],
    description:
      'Names with a dot under which your monitoring asks. Addresses, names without a dot and the name of this machine are answered anyway; under any other name a web page could read what is served here.',
    example: ['infrarust.monitoring.svc'],
    reload: 'live',
  },
})

/** `[admin]` of `infrarust.toml`. */
export const adminTable: KeyTable<WithAdmin> = keyTable<WithAdmin>(
  { admin: { kind: 'table', name: 'admin', description: 'Metrics and health checks.', table: adminKeys } },
  { withoutEffect: { telemetry: 'metrics are served where [admin] says' } },
)

/** It is opened first, so the listener would be told that somebody else has its address. */
export function adminTakesListener({ admin: { bind }, listeners }: GatewayConfig & WithAdmin): readonly Problem[] {
  const taken = bind && listeners.find((listener) => bindsOverlap(listener, bind))
  if (taken === undefined) return []
  const message = `admin.bind takes port ${taken.port} of the listener ${taken.name}, where players connect; choose another port such as 9100`
  return [{ path: ['admin', 'bind'], message }]
}
