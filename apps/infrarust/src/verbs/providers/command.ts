import { Command } from 'commander'
import type { GlobalOptions } from '../../options.ts'
import { print, printJson } from '../../print/print.ts'
import { ask } from '../ask.ts'
import { isWell, providersText } from './text.ts'

const HELP = `
Exit code 0 when every provider serves, 1 when one waits, fails, or has servers that are wrong or in conflict, 2 when the
proxy could not be asked.

Example:
  infrarust providers --json`

interface ProvidersOptions extends GlobalOptions {
  readonly json?: true
}

export function command(): Command {
  return new Command('providers')
    .description('show where the servers of the running proxy come from, and what is wrong there')
    .option('--json', 'one object instead of a table')
    .addHelpText('after', HELP)
    .action(async (_: unknown, command: Command) => {
      const { json, ...options } = command.optsWithGlobals<ProvidersOptions>()
      const providers = await ask(options, () => import('./verb.ts'), {})
      if (providers === undefined) return
      if (json) printJson({ providers })
      else print(providersText(providers))
      process.exitCode = providers.every(isWell) ? 0 : 1
    })
}
