import { Command } from 'commander'
import type { GlobalOptions } from '../../options.ts'
import { print, printJson } from '../../print/print.ts'
import { ask } from '../ask.ts'
import { statusText } from './text.ts'

const HELP = `
Exit code 0 when the proxy runs, 2 when it could not be asked.

Example:
  infrarust status --config /etc/infrarust/infrarust.toml`

interface StatusOptions extends GlobalOptions {
  readonly json?: true
}

export function command(): Command {
  return new Command('status')
    .description('show what the proxy listens on, serves and enforces')
    .option('--json', 'one object instead of tables')
    .addHelpText('after', HELP)
    .action(async (_: unknown, command: Command) => {
      const { json, ...options } = command.optsWithGlobals<StatusOptions>()
      const status = await ask(options, () => import('./verb.ts'), {})
      if (status === undefined) return
      if (json) printJson(status)
      else print(statusText(status))
    })
}
