import { duration, type KeyTable, keyTable } from '@infrarust/core/provider'

/** `[shutdown]`: what comes before the end. How long sessions go on after it is `shutdown_timeout`. */
export interface ShutdownConfig {
  /** From the signal to the moment at which nobody is accepted any more. */
  readonly delayMs: number
}

/** What stopping takes of `infrarust.toml`. */
export interface WithShutdown {
  readonly shutdown: ShutdownConfig
}

const shutdownKeys: KeyTable<ShutdownConfig> = keyTable<ShutdownConfig>({
  delayMs: {
    kind: 'key',
    from: 'operator',
    name: 'delay',
    type: duration(),
    default: '0s',
    description:
      'How long players are still let in after SIGTERM, while `/readyz` answers 503: the time that whoever sends them here needs to notice. `shutdown_timeout` begins after it.',
    example: '15s',
    reload: 'live',
  },
})

/** `[shutdown]` of `infrarust.toml`. */
export const shutdownTable: KeyTable<WithShutdown> = keyTable<WithShutdown>(
  { shutdown: { kind: 'table', name: 'shutdown', description: 'What comes before the end.', table: shutdownKeys } },
  { elsewhere: { shutdown_delay: 'write delay = "15s" in [shutdown]' } },
)
