import { Command } from 'commander'
import type { GlobalOptions } from '../../options.ts'
import { print, printJson } from '../../print/print.ts'
import { printable } from '../../print/printable.ts'
import { ask } from '../ask.ts'

const HELP = `
200 at most: of a server with type = "local" since the proxy started it, of a container what its engine has kept. Exit code
0, or 2 when there is no such server, or it could not be asked.

Example:
  infrarust server log survival`

interface LogOptions extends GlobalOptions {
  readonly json?: true
}

export function command(): Command {
  return new Command('log')
    .description('show the last lines that a server wrote')
    .argument('<id>', 'which')
    .option('--json', 'one object instead of lines')
    .addHelpText('after', HELP)
    .action(async (id: string, _: unknown, command: Command) => {
      const { json, ...options } = command.optsWithGlobals<LogOptions>()
      const log = await ask(options, () => import('./verb.ts'), { id })
      if (log === undefined) return
      if (json) printJson(log)
      else for (const line of log.lines) print(`${printable(line)}\n`)
    })
}
