import { Command } from 'commander'
import type { GlobalOptions } from '../../options.ts'
import { print, printJson } from '../../print/print.ts'
import { ask } from '../ask.ts'
import { powerTable } from './text.ts'

const HELP = `
Those with [server_manager]. Exit code 0, or 2 when the proxy could not be asked.

Example:
  infrarust server list --json`

interface ListOptions extends GlobalOptions {
  readonly json?: true
}

export function command(): Command {
  return new Command('list')
    .description('show the servers that are started and stopped here')
    .option('--json', 'one object instead of a table')
    .addHelpText('after', HELP)
    .action(async (_: unknown, command: Command) => {
      const { json, ...options } = command.optsWithGlobals<ListOptions>()
      const servers = await ask(options, () => import('./verb.ts'), {})
      if (servers === undefined) return
      if (json) printJson({ servers })
      else if (servers.length === 0) print('no server has a [server_manager]\n')
      else print(powerTable(servers))
    })
}
