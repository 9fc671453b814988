import { type KeyTable, keyTable } from '../config/key-table.ts'
import { duration } from '../config/values/duration.ts'
import { integer } from '../config/values/plain.ts'

/** `[status_cache]`: what is kept of the answers of servers to list pings. */
export interface StatusCacheConfig {
  /** 0: every ping is relayed to its server. */
  readonly ttlMs: number
  /** Over all servers. */
  readonly maxEntries: number
}

const answerKeys: KeyTable<StatusCacheConfig> = keyTable<StatusCacheConfig>({
  ttlMs: {
    kind: 'key',
    from: 'operator',
    name: 'ttl',
    type: duration(),
    default: '5s',
    description: 'How long an answer is fresh; `"0s"` relays each ping to its server, with the address of the player.',
    example: '10s',
    reload: 'live',
  },
  maxEntries: {
    kind: 'key',
    from: 'operator',
    name: 'max_entries',
    type: integer({ min: 1, max: 100_000 }),
    default: 1_000,
    description: 'Answers that are kept, one for each server, domain and version of the game.',
    example: 500,
    reload: 'live',
  },
})

/** What is kept of the answers of all servers. */
export interface WithStatusCache {
  readonly statusCache: StatusCacheConfig
}

/** `[status_cache]` of `infrarust.toml`. */
export const statusCacheKeys: KeyTable<WithStatusCache> = keyTable<WithStatusCache>({
  statusCache: {
    kind: 'table',
    name: 'status_cache',
    description: 'Keeps the answers of servers to list pings.',
    table: answerKeys,
  },
})
