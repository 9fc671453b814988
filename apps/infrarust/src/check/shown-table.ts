import { printable } from '../print/printable.ts'
import { table } from '../print/table.ts'
import type { KeyInForce } from './keys-in-force.ts'
import type { Shown } from './shown.ts'
import { tomlText } from './toml-text.ts'

/** What is in force, for people: the keys of the proxy, then those of each server. */
export function shownTable({ keys, servers }: Shown): string {
  const ofServers = servers.map(
    ({ id, source, keys }) => `\nserver ${printable(tomlText(id))} (${printable(source)})\n${keyTable(keys)}`,
  )
  return [keyTable(keys), ...ofServers].join('')
}

function keyTable(keys: readonly KeyInForce[]): string {
  return table([['KEY', 'FROM', 'VALUE'], ...keys.map((each) => [each.key, fromText(each), valueText(each)])])
}

function fromText({ from, place, references }: KeyInForce): string {
  return [place ?? from, ...references].join(', ')
}

function valueText({ value, withheld, meaning }: KeyInForce): string {
  if (withheld) return '(withheld)'
  return meaning === null ? tomlText(value) : `(${meaning})`
}
