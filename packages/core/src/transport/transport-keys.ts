import { type KeyTable, keyTable } from '../config/key-table.ts'
import { choice } from '../config/values/choice.ts'
import { integer } from '../config/values/plain.ts'

/** `[transport]`: who moves the bytes. */
export interface TransportConfig {
  readonly kind: 'auto' | 'native' | 'node'
  /** Relay threads of the native transport; 0: one per core. */
  readonly threads: number
}

/** Keys of `[transport]`. */
export const transportKeys: KeyTable<TransportConfig> = keyTable<TransportConfig>({
  kind: {
    kind: 'key',
    from: 'operator',
    name: 'kind',
    type: choice(['auto', 'native', 'node']),
    default: 'auto',
    description: 'What moves the bytes. `auto` is `native` where that is built, else `node`.',
    example: 'node',
    reload: 'restart',
  },
  threads: {
    kind: 'key',
    from: 'operator',
    name: 'threads',
    // As many as the id of a connection has room for.
    type: integer({ min: 0, max: 64 }),
    default: 0,
    description: 'Relay threads of the native transport; 0 is one per core, 64 at most.',
    example: 2,
    reload: 'restart',
  },
})
