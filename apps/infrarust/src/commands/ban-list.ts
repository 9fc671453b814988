import { type Ban, readBan } from '@infrarust/core/ban-store'
import { Command } from 'commander'
import { banTable } from '../ban/ban-table.ts'
import type { GlobalOptions } from '../options.ts'
import { print, printJson } from '../print/print.ts'
import { callBans } from './ban-call.ts'

const EXAMPLE = `
With --json it is a list of entries as the Rust product's bans.json has them. Exit code 0, or 1 when the bans cannot be read.

Example:
  infrarust ban list --json`

interface ListOptions extends GlobalOptions {
  readonly json?: true
}

export function banListCommand(): Command {
  return new Command('list')
    .description('show all bans in force')
    .option('--json', 'one list instead of a table')
    .addHelpText('after', EXAMPLE)
    .action(async (_: unknown, command: Command) => {
      const { json, ...options } = command.optsWithGlobals<ListOptions>()
      const entries = await listBans(options)
      if (entries === undefined) return
      if (json) printJson(entries)
      else print(banTable(entries.flatMap(readEntry)))
    })
}

/** Entries as `bans.json` has them; undefined where they could not be had, which has been told then. */
export async function listBans(options: GlobalOptions): Promise<readonly unknown[] | undefined> {
  const entries: unknown[] = []
  const call = { verb: 'ban.list', options: {}, input: [], hasItemPerInput: false }
  return (await callBans(options, call, ({ item }) => entries.push(item))) ? entries : undefined
}

function readEntry(entry: unknown): readonly Ban[] {
  const reading = readBan(entry, 'entry', Date.now())
  return reading.kind === 'bans' ? reading.bans : []
}
