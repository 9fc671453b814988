import { type Ban, readBan } from '@infrarust/core/ban-store'
import { Command } from 'commander'
import { banTable, minute } from '../ban/ban-table.ts'
import { isRecord } from '../control/protocol.ts'
import type { GlobalOptions } from '../options.ts'
import { print, printJson } from '../print/print.ts'
import { printable } from '../print/printable.ts'
import { type Row, table } from '../print/table.ts'
import { callBans } from './ban-call.ts'
import { addName, commandTargets, NAME_OPTION, NAME_OPTION_TEXT } from './ban-targets.ts'

const EXAMPLE = `
Shows which bans hold a target (its own, that of a network around it, that of a UUID with its name), and who banned and
unbanned it before. Exit code 0 when at least one ban holds each target, else 1.

Example:
  infrarust ban show 203.0.113.7`

interface ShowOptions extends GlobalOptions {
  readonly json?: true
  readonly name?: readonly string[]
}

export function banShowCommand(): Command {
  return new Command('show')
    .description('say why somebody is kept out, or is not')
    .argument('[target...]', 'whom')
    .option(NAME_OPTION, NAME_OPTION_TEXT, addName)
    .option('--json', 'one object for each target')
    .addHelpText('after', EXAMPLE)
    .action(async (targets: readonly string[], _: unknown, command: Command) => {
      const { json, name, ...options } = command.optsWithGlobals<ShowOptions>()
      const whom = commandTargets(targets, name)
      if (whom === undefined) return
      const left = whom.map(({ text }) => text)
      const input = whom.map(({ target }) => target)
      const call = { verb: 'ban.show', options: {}, input, hasItemPerInput: true }
      await callBans(options, call, ({ item }) => {
        const target = left.shift() ?? ''
        const { bans, history } = isRecord(item) ? item : {}
        if (!Array.isArray(bans) || bans.length === 0) process.exitCode = 1
        if (json) printJson({ target, bans, history })
        else print(shown(target, listOf(bans).flatMap(readEntry), listOf(history)))
      })
    })
}

function shown(target: string, bans: readonly Ban[], history: readonly unknown[]): string {
  const whom = printable(target)
  const now = bans.length === 0 ? `${whom} is not banned\n` : `${whom} is banned\n${banTable(bans)}`
  return history.length === 0 ? now : `${now}history\n${table(history.filter(isRecord).map(historyRow))}`
}

function historyRow({ at, action, by, reason }: Readonly<Record<string, unknown>>): Row {
  const words = [`  ${minute(Number(at))}`, String(action), `by ${String(by)}`]
  return typeof reason === 'string' ? [...words, reason] : words
}

function readEntry(entry: unknown): readonly Ban[] {
  const reading = readBan(entry, 'entry', Date.now())
  return reading.kind === 'bans' ? reading.bans : []
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
