import { shellWord } from '../print/shell-word.ts'
import { table } from '../print/table.ts'
import type { Item } from './ask.ts'
import { cell, count } from './item.ts'
import { ageText, bytesText } from './units.ts'

export const SORT_KEYS = ['age', 'id', 'client', 'domain', 'server', 'player', 'in', 'out', 'rate'] as const
export type SortKey = (typeof SORT_KEYS)[number]

/** A connection with what moved between two looks, in bytes a second, both ways. */
export interface RatedConnection {
  readonly item: Item
  readonly rate: number
}

/** @param before the look that the rate is measured against, `elapsedMs` ago; newcomers are measured by all they have */
export function rated(now: readonly Item[], before: readonly Item[], elapsedMs: number): readonly RatedConnection[] {
  const known = new Map(before.map((item) => [item.id, moved(item)]))
  return now.map((item) => {
    const since = known.has(item.id) ? elapsedMs : Math.min(elapsedMs, count(item, 'age_ms'))
    const rate = since > 0 ? ((moved(item) - (known.get(item.id) ?? 0)) * 1000) / since : 0
    return { item, rate: Math.max(0, Math.round(rate)) }
  })
}

/** Numbers the largest first, texts in the order of the alphabet. */
export function sorted(connections: readonly RatedConnection[], key: SortKey): readonly RatedConnection[] {
  return connections.toSorted((a, b) => {
    switch (key) {
      case 'age':
        return count(b.item, 'age_ms') - count(a.item, 'age_ms')
      case 'id':
        return count(a.item, 'id') - count(b.item, 'id')
      case 'in':
        return count(b.item, 'bytes_in') - count(a.item, 'bytes_in')
      case 'out':
        return count(b.item, 'bytes_out') - count(a.item, 'bytes_out')
      case 'rate':
        return b.rate - a.rate
      default:
        return (cell(a.item, key) ?? '').localeCompare(cell(b.item, key) ?? '')
    }
  })
}

export function connectionTable(connections: readonly RatedConnection[]): string {
  return table([
    ['ID', 'CLIENT', 'PEER', 'PROXY', 'DOMAIN', 'SERVER', 'PLAYER', 'STATE', 'IN', 'OUT', 'RATE', 'AGE'],
    ...connections.map(({ item, rate }) => [
      cell(item, 'id'),
      cell(item, 'client'),
      cell(item, 'peer'),
      item.proxy_version === undefined ? undefined : `v${cell(item, 'proxy_version')}`,
      cell(item, 'domain'),
      cell(item, 'server'),
      playerText(cell(item, 'player')),
      cell(item, 'state'),
      bytesText(count(item, 'bytes_in')),
      bytesText(count(item, 'bytes_out')),
      `${bytesText(rate)}/s`,
      ageText(count(item, 'age_ms')),
    ]),
  ])
}

/** Quoted where a name has blanks that would not be seen, or would look like the gap between two columns. */
function playerText(name: string | undefined): string | undefined {
  return name !== undefined && ODD_BLANKS.test(name) ? shellWord(name) : name
}

const ODD_BLANKS = /^ | $| {2}|(?! )\p{Zs}/u

function moved(item: Item): number {
  return count(item, 'bytes_in') + count(item, 'bytes_out')
}
