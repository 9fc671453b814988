import { type KeyTable, keyTable, text } from '@infrarust/core/provider'

/** `[control]`: the socket that the commands talk to. */
export interface ControlConfig {
  /** As written; relative to the data folder. */
  readonly socket: string
}

/** What the control socket takes of `infrarust.toml`. */
export interface WithControl {
  readonly control: ControlConfig
}

const controlKeys: KeyTable<ControlConfig> = keyTable<ControlConfig>({
  socket: {
    kind: 'key',
    from: 'operator',
    name: 'socket',
    type: text({ maxLength: 4096 }),
    default: 'infrarust.sock',
    description: 'The socket on which commands reach the running proxy, in `data_dir`; its path has at most 107 bytes.',
    example: '/run/infrarust/infrarust.sock',
    reload: 'live',
  },
})

/** `[control]` of `infrarust.toml`. */
export const controlTable: KeyTable<WithControl> = keyTable<WithControl>({
  control: {
    kind: 'table',
    name: 'control',
    description: 'How commands reach the running proxy.',
    table: controlKeys,
  },
})
