import { describe, expect, it } from 'vitest'
import type { Connection } from '../src/page/api/answers.ts'
import { filterSessions, type Order, sortSessions } from '../src/page/model/pick-sessions.ts'
import { type Rated, Rates } from '../src/page/model/rates.ts'
import { windowOf } from '../src/page/model/window-of.ts'

function connection(id: number, more: Partial<Connection> = {}): Connection {
  return {
    id,
    state: 'relaying',
    client: `203.0.113.${id}`,
    peer: '10.0.0.2',
    listener: 'main',
    bytes_in: 0,
    bytes_out: 0,
    age_ms: 10_000,
    ...more,
  }
}

function rated(id: number, more: Partial<Rated> = {}): Rated {
  return { ...connection(id, more), rate: more.rate ?? 0 }
}

const BY_AGE: Order = { column: 'age', isDescending: false }

describe('a rate', () => {
  it('is what moved since the last look, both ways', () => {
    const rates = new Rates()
    rates.rate([connection(1, { bytes_in: 1_000, bytes_out: 500 })], 0)
    const [first] = rates.rate([connection(1, { bytes_in: 2_000, bytes_out: 2_500 })], 2_000)
    expect(first?.rate).toBe(1_500)
  })
  it('of a new connection is what moved since it was accepted', () => {
    const [first] = new Rates().rate([connection(1, { bytes_in: 5_000, age_ms: 1_000 })], 99)
    expect(first?.rate).toBe(5_000)
  })
  // After a restart of the proxy ids begin anew: a rate of minus a gigabyte was shown.
  it('is never less than nothing', () => {
    const rates = new Rates()
    rates.rate([connection(1, { bytes_in: 9_000 })], 0)
    expect(rates.rate([connection(1, { bytes_in: 10 })], 1_000)[0]?.rate).toBe(0)
  })
})

describe('a filter', () => {
  const sessions = [
    rated(1, {
      player: 'Steve',
      server: 'survival',
      domain: 'a.example.com',
      proxy_version: 2,
      proxy_command: 'PROXY',
    }),
    rated(2, { player: 'Alex', server: 'lobby', peer: '203.0.113.2' }),
    rated(3, { state: 'dialling', domain: 'steve.example.com' }),
  ]
  const ids = (filter: string): readonly number[] => filterSessions(sessions, filter).map(({ id }) => id)
  it.each<readonly [filter: string, ids: readonly number[]]>([
    ['', [1, 2, 3]],
    ['steve', [1, 3]],
    ['player:steve', [1]],
    ['STEVE survival', [1]],
    ['server:lobby', [2]],
    ['state:dial', [3]],
    ['header:none', [2, 3]],
    ['v2', [1]],
    ['203.0.113.', [1, 2, 3]],
    ['nobody', []],
    ['a.*', []],
    ['server:', []],
  ])('%j finds %j', (filter, expected) => expect(ids(filter)).toEqual(expected))
})

describe('an order', () => {
  it('is by what the column shows, and those without it come last', () => {
    const sessions = [rated(1), rated(2, { player: 'Zoe' }), rated(3, { player: 'Adam' })]
    const ids = (isDescending: boolean): readonly number[] =>
      sortSessions(sessions, { column: 'player', isDescending }).map(({ id }) => id)
    expect(ids(false)).toEqual([3, 2, 1])
    expect(ids(true)).toEqual([2, 3, 1])
  })
  it('of numbers is that of numbers', () => {
    const sessions = [rated(1, { bytes_in: 900 }), rated(2, { bytes_in: 10_000 }), rated(3, { bytes_out: 50 })]
    const order: Order = { column: 'moved', isDescending: true }
    expect(sortSessions(sessions, order).map(({ id }) => id)).toEqual([2, 1, 3])
  })
  it('leaves the list that it was given as it was', () => {
    const sessions = [rated(1, { age_ms: 5 }), rated(2, { age_ms: 1 })]
    sortSessions(sessions, BY_AGE)
    expect(sessions.map(({ id }) => id)).toEqual([1, 2])
  })
})

describe('the rows that are drawn', () => {
  it('are those that are looked at and a few beside them, of however many', () => {
    for (const rows of [0, 1, 30, 10_000])
      for (const scrolled of [0, 1, 156, 9_968, 1e7]) {
        const { first, end } = windowOf(rows, scrolled, 21)
        expect(first).toBeGreaterThanOrEqual(0)
        expect(end).toBeLessThanOrEqual(rows)
        expect(end - first).toBeLessThanOrEqual(21 + 12)
        expect(end).toBeGreaterThanOrEqual(first)
      }
  })
  it('cover all that is seen', () => {
    const { first, end } = windowOf(10_000, 100, 21)
    expect(first).toBeLessThanOrEqual(100)
    expect(end).toBeGreaterThanOrEqual(121)
  })
})
