import { printable } from '../../print/printable.ts'
import { table } from '../../print/table.ts'
import type { Provider } from './verb.ts'

export function providersText(providers: readonly Provider[]): string {
  const rows = providers.map(({ name, state, servers, last_error }) => [
    name,
    state,
    servers.join(', '),
    last_error === null ? undefined : `${last_error.message} (${last_error.at})`,
  ])
  const faults = new Set(providers.flatMap(({ problems, conflicts }) => [...problems, ...conflicts]))
  return (
    table([['PROVIDER', 'STATE', 'SERVERS', 'LAST ERROR'], ...rows]) +
    [...faults].map((line) => `\n${printable(line)}\n`).join('')
  )
}

export function isWell({ state, problems, conflicts }: Provider): boolean {
  return state === 'serving' && problems.length === 0 && conflicts.length === 0
}
