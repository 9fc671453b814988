import { type KeyTable, pathText } from './key-table.ts'
import { nearest } from './suggestion.ts'

/**
 * What somebody who has written an unknown key is told, as a clause of its own. Undefined where nothing is near: then the
 * known keys are all that can be said.
 *
 * @param outer the tables around the key, from the outermost
 * @param root  the table of the whole file
 * @param isTable whether a table is written there, and not a value
 */
export function adviceFor(
  table: KeyTable<unknown>,
  name: string,
  outer: readonly string[],
  root: KeyTable<unknown>,
  isTable: boolean,
): string | undefined {
  const plain = plainSpelling(name)
  const elsewhere = [name, plain].find((spelling) => Object.hasOwn(table.elsewhere, spelling))
  if (elsewhere !== undefined) return table.elsewhere[elsewhere]
  const names = namesOf(table)
  const row = table.rows.find(([, candidate]) => candidate.name === plain)?.[1]
  if (row?.kind === 'table' && row.instead !== undefined && !isTable) return row.instead
  if (row !== undefined) return `did you mean "${plain}"?`
  if (outer.length > 0) {
    const above = root.rows.find(([, row]) => row.name === plain)?.[1]
    if (above?.kind === 'key')
      return `${above.name} belongs above the first [table]: below [${pathText(outer)}] it is a key of that table`
    if (above !== undefined) {
      const header = above.kind === 'table' ? `[${above.name}]` : `[[${above.name}]]`
      return `${above.name} is a table of its own; write ${header}`
    }
  }
  const other = otherNameAdvice(table, name)
  if (other !== undefined) return other
  const meant = nearest(name, names)
  return meant === undefined ? undefined : `did you mean "${meant}"?`
}

/** What to write where the key is the one that another program has for one of these. */
export function otherNameAdvice(table: KeyTable<unknown>, name: string): string | undefined {
  const plain = plainSpelling(name)
  const keys = table.rows.flatMap(([, row]) => (row.kind === 'key' && row.otherNames ? [row] : []))
  // Our own key in another spelling is nobody else's.
  if (keys.some((key) => key.name === plain)) return undefined
  return keys.find(({ otherNames }) => otherNames?.has(plain))?.otherNames?.advice
}

export function knownKeys(table: KeyTable<unknown>): string {
  return `known here are ${namesOf(table).join(', ')}`
}

function namesOf({ rows }: KeyTable<unknown>): readonly string[] {
  return rows.map(([, row]) => row.name)
}

const LONGEST_NAME = 100

/** `sendProxyProtocol`, `Send-Proxy-Protocol` and `send proxy protocol` in the spelling of our keys. */
function plainSpelling(name: string): string {
  if (name.length > LONGEST_NAME) return name
  return name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1_$2')
    .replaceAll(/[-\s.]+/g, '_')
    .toLowerCase()
}
