import { type KeyTable, keyTable } from './table.ts'
import { type BindAddress, bindAddress } from './values/address.ts'

export interface AdminConfig {
  /** Where metrics and health are served; undefined: nowhere. */
  readonly bind: BindAddress | undefined
}

/** Keys of `[admin]`. */
export const adminKeys: KeyTable<AdminConfig> = keyTable<AdminConfig>({
  bind: {
    kind: 'key',
    name: 'bind',
    type: bindAddress,
    default: undefined,
    absent: 'no such listener',
    description: 'Serves `/metrics`, `/healthz` and `/readyz` over HTTP, to whoever can reach this address.',
    example: '127.0.0.1:9100',
    reload: 'restart',
  },
})
