import { type KeyTable, keyTable } from '../config/key-table.ts'
import { type BindAddress, bindAddressWithPort } from '../config/values/host-and-port.ts'
import { hostName } from '../config/values/host-name.ts'
import { list } from '../config/values/list.ts'

/** `[admin]`: where metrics and health are served. */
export interface AdminConfig {
  /** Where metrics and health are served; undefined: nowhere. */
  readonly bind: BindAddress | undefined
  /** Names in a request's `Host` that are answered, beside addresses and names without a dot. */
  readonly allowedHosts: readonly string[]
}

/** Keys of `[admin]`. */
export const adminKeys: KeyTable<AdminConfig> = keyTable<AdminConfig>({
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
