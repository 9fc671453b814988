/** What every command takes, before or after its own arguments. */
export interface GlobalOptions {
  readonly config?: string | undefined
  readonly bind?: string | undefined
  readonly serversDir?: string | undefined
  readonly logLevel?: LogLevel | undefined
}

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]
