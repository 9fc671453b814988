import { resolve } from 'node:path'
import { boolean, choice, integer, type KeyTable, keyTable, size, text } from '@infrarust/core/provider'

/** `[log]`: what is logged, how, and where to. */
export interface LogConfig {
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error'
  /** `auto` is `json` when standard output is not a terminal. */
  readonly format: 'auto' | 'pretty' | 'json'
  /** How much of the addresses of clients and peers is written. */
  readonly addresses: 'full' | 'prefix'
  /** Whether list pings have access records in the log. */
  readonly arePingsLogged: boolean
  /** What JSON has as `level`. */
  readonly levels: 'names' | 'numbers'
  /** Base name of the rotated files; undefined: none. As written; relative to the folder of the configuration. */
  readonly file: string | undefined
  readonly fileMaxBytes: number
  readonly fileRotation: 'daily' | 'hourly' | 'size'
  /** Earlier files, the current one not counted. */
  readonly fileKeep: number
}

/** What the log takes of `infrarust.toml`. */
export interface WithLog {
  readonly log: LogConfig
}

const logKeys: KeyTable<LogConfig> = keyTable<LogConfig>({
  level: {
    kind: 'key',
    from: 'operator',
    name: 'level',
    type: choice(['trace', 'debug', 'info', 'warn', 'error']),
    default: 'info',
    description: 'The least important lines that are written.',
    example: 'debug',
    reload: 'live',
  },
  format: {
    kind: 'key',
    from: 'operator',
    name: 'format',
    type: choice(['auto', 'pretty', 'json']),
    default: 'auto',
    description: '`auto` is `json` when standard output is not a terminal.',
    example: 'json',
    reload: 'live',
  },
  levels: {
    kind: 'key',
    from: 'operator',
    name: 'levels',
    type: choice(['names', 'numbers']),
    default: 'names',
    description: 'What JSON has as `level`: `"info"`, or the number of it (`30`).',
    example: 'numbers',
    reload: 'restart',
  },
  addresses: {
    kind: 'key',
    from: 'operator',
    name: 'addresses',
    type: choice(['full', 'prefix']),
    default: 'full',
    description:
      'How addresses of clients and peers are written: `full`, or the network around them (`prefix`: a /24 of IPv4, a /48 of IPv6). fail2ban needs `full`.',
    example: 'prefix',
    reload: 'live',
  },
  arePingsLogged: {
    kind: 'key',
    from: 'operator',
    name: 'pings',
    type: boolean,
    default: true,
    description:
      'Whether a list ping has its line; without, only those have one whose reason speaks against the client, such as `rate_limited`.',
    example: false,
    reload: 'live',
  },
  file: {
    kind: 'key',
    from: 'operator',
    name: 'file',
    type: text({ maxLength: 4096 }),
    default: undefined,
    absent: 'standard output only',
    description:
      'Every line also goes to a file of this name as JSON, `access.log` to `access.1.log`, relative to this file.',
    example: '/var/log/infrarust/access.log',
    reload: 'restart',
  },
  fileMaxBytes: {
    kind: 'key',
    from: 'operator',
    name: 'file_max_size',
    type: size({ min: 1_048_576, max: 1_099_511_627_776 }),
    default: '100 MiB',
    description: 'At this size the next file is begun.',
    example: '1 GiB',
    reload: 'restart',
  },
  fileRotation: {
    kind: 'key',
    from: 'operator',
    name: 'file_rotation',
    type: choice(['daily', 'hourly', 'size']),
    default: 'daily',
    description: 'When else the next file is begun; `size` is never else.',
    example: 'hourly',
    reload: 'restart',
  },
  fileKeep: {
    kind: 'key',
    from: 'operator',
    name: 'file_keep',
    type: integer({ min: 1, max: 10_000 }),
    default: 7,
    description: 'Earlier files that are kept beside the current one.',
    example: 30,
    reload: 'restart',
  },
})

/** `[log]` of `infrarust.toml`. */
export const logTable: KeyTable<WithLog> = keyTable<WithLog>({
  log: { kind: 'table', name: 'log', description: 'What is logged and how.', table: logKeys },
})

/** The same with an absolute path of the file. */
export function withLogFileIn(folder: string, config: LogConfig): LogConfig {
  return { ...config, file: config.file === undefined ? undefined : resolve(folder, config.file) }
}
