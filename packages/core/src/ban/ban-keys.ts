import type { Feature } from '../config/feature.ts'
import { type KeyTable, keyTable, NO_KEYS } from '../config/key-table.ts'
import { duration } from '../config/values/duration.ts'
import { boolean, text } from '../config/values/plain.ts'

/** `[ban]`: where bans are kept. */
export interface BanConfig {
  /** As written; relative to the data folder. */
  readonly file: string
  readonly purgeIntervalMs: number
  /** Whether each change of the bans has a line in the log; the store's own audit trail is always kept. */
  readonly isLogged: boolean
}

/** What `[ban]` is about in the whole gateway. */
export interface GatewayWithBans {
  readonly ban: BanConfig
}

const banKeys: KeyTable<BanConfig> = keyTable<BanConfig>(
  {
    file: {
      kind: 'key',
      from: 'operator',
      name: 'file',
      type: text({ maxLength: 4096 }),
      default: 'bans.db',
      description:
        'The ban store, in `data_dir`. One that ends in `.json` is imported once into `bans.db` beside it and left as it is.',
      example: '/var/lib/infrarust/bans.db',
      reload: 'live',
    },
    purgeIntervalMs: {
      kind: 'key',
      from: 'operator',
      name: 'purge_interval',
      type: duration({ minMs: 1_000 }),
      default: '5m',
      description: 'How often expired bans are taken out of the store; they end on time whatever this says.',
      example: '1h',
      reload: 'live',
    },
    isLogged: {
      kind: 'key',
      from: 'operator',
      name: 'enable_audit_log',
      type: boolean,
      default: true,
      description: 'Whether each ban and unban has a line in the log; the audit trail in the store is always kept.',
      example: false,
      reload: 'live',
    },
  },
  {
    withoutEffect: {
      provider: 'bans are always those of the ban store',
      check_timeout: 'the ban store answers at once',
    },
  },
)

/** `[ban]` of `infrarust.toml`. */
export const bans: Feature<GatewayWithBans, unknown> = {
  gateway: keyTable<GatewayWithBans>({
    ban: { kind: 'table', name: 'ban', description: 'Where bans are kept.', table: banKeys },
  }),
  server: NO_KEYS,
}
