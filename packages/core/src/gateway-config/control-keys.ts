import { type KeyTable, keyTable } from '../config/key-table.ts'
import { text } from '../config/values/plain.ts'

/** `[control]`: the socket that the commands talk to. */
export interface ControlConfig {
  /** As written; relative to the data folder. */
  readonly socket: string
}

export const controlKeys: KeyTable<ControlConfig> = keyTable<ControlConfig>({
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
