/** What every command takes, before or after its own arguments. */
export interface GlobalOptions {
  readonly config?: string
  readonly bind?: string
  readonly serversDir?: string
  readonly logLevel?: LogLevel
}

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]
