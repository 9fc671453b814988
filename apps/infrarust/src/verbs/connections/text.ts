import { shellWord } from '../../print/shell-word.ts'
import { type Row, tableWithin } from '../../print/table.ts'
import { ageText, bytesText } from '../../print/units.ts'
import type { ConnectionJson } from '../connection.ts'

export const SORT_KEYS = ['age', 'id', 'client', 'domain', 'server', 'player', 'in', 'out', 'rate'] as const
export type SortKey = (typeof SORT_KEYS)[number]

/** A connection with what moved between two looks, in bytes a second, both ways. */
export interface RatedConnection {
  readonly item: ConnectionJson
  readonly rate: number
}

/** @param before the look that the rate is measured against, `elapsedMs` ago; newcomers are measured by all they have */
export function rated(
  now: readonly ConnectionJson[],
  before: readonly ConnectionJson[],
  elapsedMs: number,
): readonly RatedConnection[] {
  const known = new Map(before.map((item) => [item.id, moved(item)]))
  return now.map((item) => {
    const since = known.has(item.id) ? elapsedMs : Math.min(elapsedMs, item.age_ms)
    const rate = since > 0 ? ((moved(item) - (known.get(item.id) ?? 0)) * 1000) / since : 0
    return { item, rate: Math.max(0, Math.round(rate)) }
  })
}

/** Numbers the largest first, texts in the order of the alphabet. */
export function sorted(connections: readonly RatedConnection[], key: SortKey): readonly RatedConnection[] {
  return connections.toSorted((a, b) => {
    switch (key) {
      case 'age':
        return b.item.age_ms - a.item.age_ms
      case 'id':
        return a.item.id - b.item.id
      case 'in':
        return b.item.bytes_in - a.item.bytes_in
      case 'out':
        return b.item.bytes_out - a.item.bytes_out
      case 'rate':
        return b.rate - a.rate
      default:
        return (a.item[key] ?? '').localeCompare(b.item[key] ?? '')
    }
  })
}

/** What of a connection is looked for the least comes first: who plays where, and how much, is left at the end. */
const DROPPED_FIRST = ['PEER', 'PROXY', 'STATE', 'IN', 'OUT', 'DOMAIN', 'AGE', 'ID', 'CLIENT', 'SERVER']

/** @param width of the terminal, where it is one: columns that do not fit are left out */
export function connectionTable(
  connections: readonly RatedConnection[],
  width: number = Number.POSITIVE_INFINITY,
): string {
  const rows: readonly Row[] = [
    ['ID', 'CLIENT', 'PEER', 'PROXY', 'DOMAIN', 'SERVER', 'PLAYER', 'STATE', 'IN', 'OUT', 'RATE', 'AGE'],
    ...connections.map(({ item, rate }) => [
      String(item.id),
      item.client,
      item.peer,
      item.proxy_version === undefined ? undefined : `v${item.proxy_version}`,
      item.domain,
      item.server,
      playerText(item.player),
      item.state,
      bytesText(item.bytes_in),
      bytesText(item.bytes_out),
      `${bytesText(rate)}/s`,
      ageText(item.age_ms),
    ]),
  ]
  return tableWithin(width, rows, DROPPED_FIRST)
}

/** Quoted where a name has blanks that would not be seen, or would look like the gap between two columns. */
function playerText(name: string | undefined): string | undefined {
  return name !== undefined && ODD_BLANKS.test(name) ? shellWord(name) : name
}

const ODD_BLANKS = /^ | $| {2}|(?! )\p{Zs}/u

function moved(item: ConnectionJson): number {
  return item.bytes_in + item.bytes_out
}
