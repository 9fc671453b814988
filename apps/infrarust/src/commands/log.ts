import { Command } from 'commander'
import { askAll } from '../live/ask.ts'
import { cell } from '../live/item.ts'
import type { GlobalOptions } from '../options.ts'
import { print, printJson } from '../print/print.ts'

const HELP = `
Levels: trace, debug, info, warn, error. It holds until the configuration is read with a change, or until the next start.
Exit code 0, or 2 when the proxy could not be asked or knows no such level.

Example:
  infrarust log level debug`

interface LevelOptions extends GlobalOptions {
  readonly json?: true
}

export function logCommand(): Command {
  return new Command('log').description('the log of the running proxy').addCommand(levelCommand())
}

function levelCommand(): Command {
  return new Command('level')
    .description('show or set the least important lines that the running proxy writes')
    .argument('[level]', 'the new one')
    .option('--json', 'one object instead of a line')
    .addHelpText('after', HELP)
    .action(async (level: string | undefined, _: unknown, command: Command) => {
      const { json, ...options } = command.optsWithGlobals<LevelOptions>()
      const answer = (await askAll(options, 'log.level', { level }))?.[0]
      if (answer === undefined) return
      const before = cell(answer, 'before')
      const now = cell(answer, 'level')
      if (json) printJson({ level: now, before })
      else print(level === undefined ? `${now}\n` : `${before} → ${now}\n`)
    })
}
