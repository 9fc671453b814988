import { Argument, Command } from 'commander'
import { type GlobalOptions, LOG_LEVELS } from '../../options.ts'
import { print, printJson } from '../../print/print.ts'
import { ask } from '../ask.ts'

const HELP = `
It holds until the configuration is read with a change, or until the next start.
Exit code 0, or 2 when the proxy could not be asked or knows no such level.

Example:
  infrarust log level debug`

interface LevelOptions extends GlobalOptions {
  readonly json?: true
}

export function command(): Command {
  return (
    new Command('level')
      .description('show or set the least important lines that the running proxy writes')
      // What is no level the proxy says, which may be of another version.
      .addArgument(new Argument('[level]', 'the new one').choices(LOG_LEVELS).argParser<string>((level) => level))
      .option('--json', 'one object instead of a line')
      .addHelpText('after', HELP)
      .action(async (level: string | undefined, _: unknown, command: Command) => {
        const { json, ...options } = command.optsWithGlobals<LevelOptions>()
        const answer =
          level === undefined
            ? await ask(options, () => import('./verb.ts'), {})
            : await ask(options, () => import('../log-level-set/verb.ts'), { level })
        if (answer === undefined) return
        const before = 'before' in answer ? answer.before : answer.level
        if (json) printJson({ level: answer.level, before })
        else print(level === undefined ? `${answer.level}\n` : `${before} → ${answer.level}\n`)
      })
  )
}
