import { type Logger, pino } from 'pino'
import { printableJson } from '../print/printable.ts'
import { hasColors } from '../print/terminal.ts'
import type { LogConfig } from './log-keys.ts'
import { Output } from './output.ts'
import { prettyLine } from './pretty.ts'
import { RollingFile } from './rolling-file.ts'
import { standardOutput } from './standard-output.ts'

/** The log of the running proxy and where it goes. */
export interface Log {
  readonly logger: Logger
  readonly outputs: readonly Output[]
  /**
   * Shows every line that is written from now on, as JSON; nobody is to take his time with it.
   *
   * @returns ends it
   */
  watch(take: (line: string) => void): () => void
  /** Takes over what of `[log]` needs no new file: the level and the format. */
  use(config: LogConfig): void
  /** Opens the log file again under its name, and says so in the log; `why` begins the line. */
  reopen(why: string): void
}

/** Writes to standard output, and as JSON to a file where one is named. No line waits for either. */
export function openLog(config: LogConfig): Log {
  let render = rendering(config)
  const levelIn = (name: string, number: number): string | number => (config.levels === 'names' ? name : number)
  const warning = levelIn('warn', WARN)
  const outputs = [new Output('stdout', standardOutput(), warning, (line) => render(line))]
  // Neither process id nor host name: whoever collects lines of several machines knows where they came from.
  const watchers = new Set<(line: string) => void>()
  const logger = pino(
    { level: config.level, base: null, formatters: { level: (name, number) => ({ level: levelIn(name, number) }) } },
    {
      write(line) {
        const safe = printableJson(line)
        for (const output of outputs) output.write(safe)
        for (const take of watchers) take(safe)
      },
    },
  )
  const { file } = config
  let rolling: RollingFile | undefined
  if (file !== undefined) {
    const report = ({ message }: Error): void =>
      logger.error({ event: 'log_file' }, `the log file ${file} cannot be written: ${message}`)
    rolling = new RollingFile({ ...config, file, report })
    outputs.push(new Output('file', rolling, warning))
  }
  return {
    logger,
    outputs,
    watch(take) {
      watchers.add(take)
      return () => void watchers.delete(take)
    },
    use(changed) {
      logger.level = changed.level
      render = rendering(changed)
    },
    reopen(why) {
      rolling?.reopen()
      const what = file === undefined ? 'no log file to open again' : `the log file ${file} is opened again`
      logger.info({ event: 'log_reopened' }, `${why}: ${what}`)
    },
  }
}

/** pino's number of this level. */
const WARN = 40

/** What becomes of a JSON line on standard output. */
function rendering({ format }: LogConfig): (line: string) => string {
  const { isTTY } = process.stdout
  const isPretty = format === 'pretty' || (format === 'auto' && isTTY)
  return isPretty ? prettyLine(hasColors()) : (line) => line
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
