import { Command } from 'commander'
import type { GlobalOptions } from '../../options.ts'
import { printJson } from '../../print/print.ts'
import { listBans } from '../ban-list/list.ts'

const EXAMPLE = `
Prints all bans in force as "ban import" reads them. Exit code 0, or 1 when the bans cannot be read.

Example:
  infrarust ban export > bans.json`

export function command(): Command {
  return new Command('export')
    .description('print all bans as JSON')
    .addHelpText('after', EXAMPLE)
    .action(async (_: unknown, command: Command) => {
      const entries = await listBans(command.optsWithGlobals<GlobalOptions>())
      if (entries !== undefined) printJson(entries, 2)
    })
}
