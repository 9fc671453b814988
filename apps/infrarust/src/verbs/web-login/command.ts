import { Command } from 'commander'
import type { GlobalOptions } from '../../options.ts'
import { print, printJson } from '../../print/print.ts'
import { ask } from '../ask.ts'

const HELP = `
Open the link in a browser that reaches the address it names. It signs in once, within five minutes.
Exit code 0, or 2 when the proxy could not be asked or serves no dashboard.

Example:
  infrarust web login --config /etc/infrarust/infrarust.toml`

interface LoginOptions extends GlobalOptions {
  readonly json?: true
}

export function command(): Command {
  return new Command('login')
    .description('print a link that opens the dashboard of the running proxy')
    .option('--json', 'one object instead of a line')
    .addHelpText('after', HELP)
    .action(async (_: unknown, command: Command) => {
      const { json, ...options } = command.optsWithGlobals<LoginOptions>()
      const answer = await ask(options, () => import('./verb.ts'), {})
      if (answer === undefined) return
      if (json) printJson(answer)
      else print(`${answer.url}\n`)
    })
}
