import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ClientHash } from '../../src/limit/client-hash.ts'
import { MAX_SLOTS, WindowTable } from '../../src/limit/window-table.ts'

const PREFIXES = { ipv4: 32, ipv6: 64 }
const hashes = new ClientHash({ k0: 1, k1: 2 })

/** How many of `times` were let in. */
function taken(table: WindowTable, address: string, max: number, at: number, times: number): number {
  let passed = 0
  for (let time = 0; time < times; time++) {
    if (table.take(hashes.of(address, PREFIXES, ''), max, 10_000, at)) passed++
  }
  return passed
}

function ipv4(number: number): string {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.')
}

describe('a window', () => {
  it('lets the first ones in, refuses the next, and begins anew when it is over', () => {
    const table = new WindowTable()
    expect(taken(table, '192.0.2.1', 3, 1_000, 5)).toBe(3)
    expect(taken(table, '192.0.2.1', 3, 10_999, 5)).toBe(0)
    expect(taken(table, '192.0.2.2', 3, 10_999, 5)).toBe(3)
    expect(taken(table, '192.0.2.1', 3, 11_000, 5)).toBe(3)
  })

  it('gives back what was taken for nothing', () => {
    const table = new WindowTable()
    taken(table, '192.0.2.1', 1, 0, 1)
    table.giveBack(hashes.of('192.0.2.1', PREFIXES, ''))
    expect(taken(table, '192.0.2.1', 1, 1, 5)).toBe(1)
  })

  it('follows numbers that change while it runs, and forgets nothing', () => {
    const table = new WindowTable()
    const take = (max: number, windowMs: number, at: number): boolean =>
      table.take(hashes.of('192.0.2.1', PREFIXES, ''), max, windowMs, at)
    expect([take(2, 10_000, 0), take(2, 10_000, 0), take(2, 10_000, 0)]).toEqual([true, true, false])
    expect([take(3, 10_000, 1), take(3, 10_000, 2)]).toEqual([true, false])
    expect([take(3, 60_000, 30_000), take(3, 60_000, 59_999), take(3, 60_000, 60_000)]).toEqual([false, false, true])
  })

  // One length of window a client, as in a configuration: of a window that was over by the length of then, nothing is
  // kept for a longer one that is set later.
  it('agrees with a map of windows, whatever the clients and the clock do', () => {
    const windows = [1, 100, 1_000]
    const event = fc.record({
      client: fc.nat(5),
      passMs: fc.constantFrom(0, 1, 50, 99, 100, 101, 250, 5_000, 2 ** 31, 2 ** 32),
      max: fc.integer({ min: 1, max: 4 }),
    })
    fc.assert(
      fc.property(fc.array(event, { maxLength: 200 }), (events) => {
        const table = new WindowTable(256)
        const model = new Map<number, { since: number; count: number }>()
        let at = 0
        for (const { client, passMs, max } of events) {
          at += passMs
          const windowMs = windows[client % windows.length] ?? 1
          const found = model.get(client)
          const window = found === undefined || at - found.since >= windowMs ? { since: at, count: 0 } : found
          const passes = window.count < max
          if (passes) model.set(client, { ...window, count: window.count + 1 })
          expect(table.take(hashes.of(ipv4(client), PREFIXES, ''), max, windowMs, at)).toBe(passes)
        }
      }),
    )
  })
})

describe('the table of windows', { timeout: 60_000 }, () => {
  it('counts 100,000 addresses of one /64 as one client', () => {
    const table = new WindowTable()
    let passed = 0
    for (let host = 0; host < 100_000; host++) {
      passed += taken(table, `2001:db8:1:2::${(host >> 16).toString(16)}:${(host & 0xffff).toString(16)}`, 3, 0, 1)
    }
    expect([passed, table.size]).toEqual([3, 1])
  })

  it.each([
    ['IPv4 addresses', (number: number) => ipv4(number * 2_654_435_761)],
    [
      'IPv6 networks',
      (number: number) => `2001:db8:${(number >> 16).toString(16)}:${(number & 0xffff).toString(16)}::1`,
    ],
  ])('holds the limit of 1,000,000 %s at once, in 32 MiB', (_, addressOf) => {
    const table = new WindowTable()
    let firstRound = 0
    let secondRound = 0
    for (let number = 0; number < 1_000_000; number++) firstRound += taken(table, addressOf(number), 2, 0, 1)
    for (let number = 0; number < 1_000_000; number++) secondRound += taken(table, addressOf(number), 2, 5_000, 2)
    expect([firstRound, secondRound]).toEqual([1_000_000, 1_000_000])
    expect(table.bytes).toBeLessThanOrEqual(2 * MAX_SLOTS * 16)
    // All of that is let go of when nobody comes any more.
    taken(table, '192.0.2.1', 3, 30_000, 1)
    expect(table.bytes).toBeLessThan(16 * 1024)
  })

  it('forgets those who came longest ago at its bound, and refuses nobody for want of room', () => {
    const table = new WindowTable(1_024)
    for (let number = 0; number < 10_000; number++) expect(taken(table, ipv4(number), 1, 0, 1)).toBe(1)
    expect(table.bytes).toBeLessThanOrEqual(2 * 1_024 * 16)
    expect(taken(table, ipv4(9_999), 1, 1, 1)).toBe(0)
    expect(taken(table, ipv4(0), 1, 1, 1)).toBe(1)
  })

  it('keeps scopes, families and prefixes apart', () => {
    const textOf = (address: string, ipv6: number, scope: string): string =>
      [...hashes.of(address, { ipv4: ipv6 === 64 ? 32 : 24, ipv6 }, scope)].join(' ')
    expect(textOf('192.0.2.9', 48, '')).toBe(textOf('192.0.2.7', 48, ''))
    expect(textOf('192.0.2.9', 64, '')).not.toBe(textOf('192.0.2.7', 64, ''))
    expect(textOf('2001:db8::1', 64, '')).toBe(textOf('2001:db8::2', 64, ''))
    expect(textOf('2001:db8::1', 128, '')).not.toBe(textOf('2001:db8::2', 128, ''))
    expect(textOf('2001:db8::1', 64, 'a')).not.toBe(textOf('2001:db8::1', 64, 'b'))
    expect(textOf('::ffff:192.0.2.9', 64, '')).toBe(textOf('192.0.2.9', 64, ''))
  })
})
