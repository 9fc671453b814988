import { Command } from 'commander'
import { banTable } from '../../ban/ban-table.ts'
import type { GlobalOptions } from '../../options.ts'
import { print, printJson } from '../../print/print.ts'
import { bansOf } from '../ban-entries.ts'
import { listBans } from './list.ts'

const EXAMPLE = `
With --json it is a list of entries as the Rust product's bans.json has them. Exit code 0, or 1 when the bans cannot be read.

Example:
  infrarust ban list --json`

interface ListOptions extends GlobalOptions {
  readonly json?: true
}

export function command(): Command {
  return new Command('list')
    .description('show all bans in force')
    .option('--json', 'one list instead of a table')
    .addHelpText('after', EXAMPLE)
    .action(async (_: unknown, command: Command) => {
      const { json, ...options } = command.optsWithGlobals<ListOptions>()
      const entries = await listBans(options)
      if (entries === undefined) return
      if (json) printJson(entries)
      else print(banTable(bansOf(entries)))
    })
}
