import { printable } from '../../print/printable.ts'
import { table } from '../../print/table.ts'
import type { Provider } from './verb.ts'

export function providersText(providers: readonly Provider[]): string {
  const rows = providers.map(({ name, state, servers, problems, conflicts, last_error }) => [
    name,
    [state, ...numberOf(problems, 'problem'), ...numberOf(conflicts, 'conflict')].join(', '),
    servers.join(', '),
    last_error === null ? undefined : `${last_error.message} (${last_error.at})`,
  ])
  const faults = new Set(providers.flatMap(({ problems, conflicts }) => [...problems, ...conflicts]))
  return (
    table([['PROVIDER', 'STATE', 'SERVERS', 'LAST ERROR'], ...rows]) +
    [...faults].map((line) => `\n${printable(line)}\n`).join('')
  )
}

function numberOf({ length }: readonly string[], noun: string): readonly string[] {
  return length === 0 ? [] : [`${length} ${noun}${length === 1 ? '' : 's'}`]
}

export function isWell({ state, problems, conflicts }: Provider): boolean {
  return state === 'serving' && problems.length === 0 && conflicts.length === 0
}
