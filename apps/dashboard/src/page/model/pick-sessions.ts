import type { Rated } from './rates.ts'

export const COLUMNS = [
  'player',
  'client',
  'peer',
  'header',
  'domain',
  'server',
  'state',
  'rate',
  'moved',
  'age',
] as const

export type Column = (typeof COLUMNS)[number]

export interface Order {
  readonly column: Column
  readonly isDescending: boolean
}

/** In that order; those that are alike in it by their age. */
export function sortSessions(sessions: readonly Rated[], { column, isDescending }: Order): readonly Rated[] {
  const sign = isDescending ? -1 : 1
  // Looked up once for each of ten thousand, and not at each comparison.
  return sessions
    .map((session) => ({ session, key: numberOf(session, column) ?? textOf(session, column) }))
    .sort((one, other) => compare(one.key, other.key, sign) || one.session.id - other.session.id)
    .map(({ session }) => session)
}

/** Those that have every word of the filter somewhere; a word as `server:lobby` is looked for in one column. */
export function filterSessions(sessions: readonly Rated[], filter: string): readonly Rated[] {
  const inColumn: (readonly [column: Column, value: string])[] = []
  const anywhere: string[] = []
  for (const word of filter.toLowerCase().split(/\s+/)) {
    const [, name, value] = /^(\w+):(.+)$/.exec(word) ?? []
    const column = COLUMNS.find((each) => each === name)
    if (column !== undefined && value !== undefined) inColumn.push([column, value])
    else if (word !== '') anywhere.push(word)
  }
  return sessions.filter((session) => {
    if (!inColumn.every(([column, value]) => textOf(session, column).toLowerCase().includes(value))) return false
    if (anywhere.length === 0) return true
    const text = SEARCHED.map((column) => textOf(session, column))
      .join('\n')
      .toLowerCase()
    return anywhere.every((word) => text.includes(word) || String(session.id) === word)
  })
}

const SEARCHED: readonly Column[] = ['player', 'client', 'peer', 'header', 'domain', 'server', 'state']

function compare(one: string | number, other: string | number, sign: 1 | -1): number {
  // Those without a value stand behind all others, in both directions.
  if (one === '' || other === '') return one === other ? 0 : one === '' ? 1 : -1
  return sign * (one < other ? -1 : one > other ? 1 : 0)
}

function numberOf({ rate, bytes_in, bytes_out, age_ms }: Rated, column: Column): number | undefined {
  switch (column) {
    case 'rate':
      return rate
    case 'moved':
      return bytes_in + bytes_out
    case 'age':
      return age_ms
    default:
      return undefined
  }
}

function textOf(session: Rated, column: Column): string {
  switch (column) {
    case 'player':
      return session.player ?? ''
    case 'client':
      return session.client
    case 'peer':
      return session.peer
    case 'header':
      return headerText(session)
    case 'domain':
      return session.domain ?? ''
    case 'server':
      return session.server ?? ''
    case 'state':
      return session.state
    default:
      return ''
  }
}

/** `v2 PROXY`, or that there was none. */
export function headerText({ proxy_version, proxy_command }: Pick<Rated, 'proxy_version' | 'proxy_command'>): string {
  return proxy_version === undefined ? 'none' : `v${proxy_version} ${proxy_command ?? ''}`.trim()
}
