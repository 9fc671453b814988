import { Command } from 'commander'
import type { GlobalOptions } from '../../options.ts'
import { print, printJson, tell } from '../../print/print.ts'
import { ask } from '../ask.ts'
import { reloadText } from './text.ts'

const HELP = `
The running proxy takes over a saved file by itself. This reads all of them now, says what that changed, what is wrong
and stays as it was, and what waits for the next start. Exit code 0, 1 when something is wrong, 2 when the proxy could
not be asked.

Example:
  infrarust reload --config /etc/infrarust/infrarust.toml`

interface ReloadOptions extends GlobalOptions {
  readonly json?: true
}

export function command(): Command {
  return new Command('reload')
    .description('have the running proxy read its configuration again, and show what changed')
    .option('--json', 'one object instead of lines')
    .addHelpText('after', HELP)
    .action(async (_: unknown, command: Command) => {
      const { json, ...options } = command.optsWithGlobals<ReloadOptions>()
      const reloaded = await ask(options, () => import('./verb.ts'), {})
      if (reloaded === undefined) return
      if (json) printJson(reloaded)
      else {
        print(reloadText(reloaded))
        for (const problem of reloaded.problems) tell(`error: ${problem}`)
      }
      process.exitCode = reloaded.problems.length > 0 ? 1 : 0
    })
}
