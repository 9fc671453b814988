import type { LogConfig } from '@infrarust/core'
import { type Logger, pino } from 'pino'
import { Output } from './output.ts'
import { prettyLine } from './pretty.ts'
import { RollingFile } from './rolling-file.ts'
import { standardOutput } from './standard-output.ts'

/** The log of the running proxy and where it goes. */
export interface Log {
  readonly logger: Logger
  readonly outputs: readonly Output[]
}

/** Writes to standard output, and as JSON to a file where one is named. No line waits for either. */
export function openLog(config: LogConfig): Log {
  const isPretty = config.format === 'pretty' || (config.format === 'auto' && process.stdout.isTTY)
  const hasColors = process.stdout.isTTY && !process.env.NO_COLOR
  const stdout = new Output('stdout', standardOutput(), isPretty ? prettyLine(hasColors) : undefined)
  const outputs = [stdout]
  // Neither process id nor host name: whoever collects lines of several machines knows where they came from.
  const logger = pino(
    { level: config.level, base: null },
    {
      write(line) {
        for (const output of outputs) output.write(line)
      },
    },
  )
  const { file } = config
  if (file !== undefined) {
    const report = ({ message }: Error): void =>
      logger.error({ event: 'log_file' }, `the log file ${file} cannot be written: ${message}`)
    outputs.push(new Output('file', new RollingFile({ ...config, file, report })))
  }
  return { logger, outputs }
}

/** Writes the last lines, as far as they are taken within a few seconds, and ends the process. */
export async function exitWithLog({ outputs }: Log, code: number): Promise<never> {
  const late = await Promise.all(outputs.map(async (output) => !(await output.flushed(FLUSH_MS)) && output.name))
  // A write to a file that hangs keeps Node from ending in order: it waits for its threads.
  if (late.includes('file')) process.kill(process.pid, 'SIGKILL')
  process.exit(code)
}

/** The thread that writes the file may still be starting. */
const FLUSH_MS = 3_000
