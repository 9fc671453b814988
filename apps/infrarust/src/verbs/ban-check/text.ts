import { banTable, minute } from '../../ban/ban-table.ts'
import { printable } from '../../print/printable.ts'
import { type Row, table } from '../../print/table.ts'
import { bansOf } from '../ban-entries.ts'
import type { CheckedBan } from './verb.ts'

/** Why somebody is kept out, and what was before. */
export function checkText(target: string, { bans, history }: CheckedBan): string {
  const whom = printable(target)
  const now = bans.length === 0 ? `${whom} is not banned\n` : `${whom} is banned\n${banTable(bansOf(bans))}`
  return history.length === 0 ? now : `${now}history\n${table(history.map(historyRow))}`
}

/** For tools: as it was always printed, with times in Unix milliseconds. */
export function checkJson(target: string, { bans, history }: CheckedBan): object {
  return { target, bans, history: history.map((entry) => ({ ...entry, at: Date.parse(entry.at) })) }
}

function historyRow({ at, action, by, reason }: CheckedBan['history'][number]): Row {
  const words = [`  ${minute(Date.parse(at))}`, action, `by ${by}`]
  return reason === null ? words : [...words, reason]
}
