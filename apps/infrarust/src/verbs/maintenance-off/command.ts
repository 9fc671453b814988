import { Command } from 'commander'
import type { GlobalOptions } from '../../options.ts'
import { print, printJson } from '../../print/print.ts'
import { ask, complainOnStderr } from '../ask.ts'
import { offText } from './text.ts'

const HELP = `
Without a server it ends what was switched on for every one; a server that was named stays in maintenance until it is named
again. Exit code 0, 1 when a restart will bring it back, 2 when the proxy could not be asked.

Example:
  infrarust maintenance off survival`

interface OffOptions extends GlobalOptions {
  readonly json?: true
}

export function command(): Command {
  return new Command('off')
    .description('let players in again')
    .argument('[server]', 'its id')
    .option('--json', 'one object instead of lines')
    .addHelpText('after', HELP)
    .action(async (server: string | undefined, _: unknown, command: Command) => {
      const { json, ...options } = command.optsWithGlobals<OffOptions>()
      const off = await ask(options, () => import('./verb.ts'), { server })
      if (off === undefined) return
      if (json) printJson(off)
      else print(offText(off))
      if (off.problem === undefined) return
      complainOnStderr(off.problem)
      process.exitCode = 1
    })
}
