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

/** Those that have every word of the filter somewhere, in that order; a word as `server:lobby` is looked for in one column. */
export function pickSessions(sessions: readonly Rated[], filter: string, order: Order): readonly Rated[] {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  const found = sessions.filter((session) => words.every((word) => has(session, word)))
  const sign = order.isDescending ? -1 : 1
  return found.sort((one, other) => compare(one, other, order.column, sign) || one.id - other.id)
}

function has(session: Rated, word: string): boolean {
  const [, name, value] = /^(\w+):(.+)$/.exec(word) ?? []
  const column = COLUMNS.find((each) => each === name)
  if (column !== undefined && value !== undefined) return textOf(session, column).toLowerCase().includes(value)
  return SEARCHED.some((each) => textOf(session, each).toLowerCase().includes(word)) || String(session.id) === word
}

const SEARCHED: readonly Column[] = ['player', 'client', 'peer', 'header', 'domain', 'server', 'state']

function compare(one: Rated, other: Rated, column: Column, sign: 1 | -1): number {
  const [a, b] = [numberOf(one, column), numberOf(other, column)]
  if (a !== undefined && b !== undefined) return sign * (a - b)
  const [left, right] = [textOf(one, column), textOf(other, column)]
  // Those without a value stand behind all others, in both directions.
  if (left === '' || right === '') return left === right ? 0 : left === '' ? 1 : -1
  return sign * (left < right ? -1 : left > right ? 1 : 0)
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
