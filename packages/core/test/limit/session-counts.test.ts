import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SessionCounts } from '../../src/limit/session-counts.ts'

const CLIENTS = ['203.0.113.1', '203.0.113.2', '2001:db8::/64']
const SERVERS = [undefined, 'lobby', 'survival']

describe('the counts of sessions', () => {
  it('say what a list of all sessions says, however they come and go, and from whenever they are asked', () => {
    const step = fc.record({
      id: fc.integer({ min: 0, max: 9 }),
      client: fc.constantFrom(...CLIENTS),
      server: fc.constantFrom(...SERVERS),
      isAdded: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.nat({ max: 60 }), (steps, askedFrom) => {
        const counts = new SessionCounts()
        const sessions = new Map<number, { client: string; server: string | undefined }>()
        for (const [at, { id, client, server, isAdded }] of steps.entries()) {
          if (isAdded) {
            counts.add(id, client, server)
            if (!sessions.has(id)) sessions.set(id, { client, server })
          } else {
            counts.remove(id)
            sessions.delete(id)
          }
          if (at < askedFrom) continue
          for (const of of CLIENTS) {
            const own = [...sessions.values()].filter((session) => session.client === of)
            expect(counts.of(of)).toBe(own.length)
            for (const on of ['lobby', 'survival'])
              expect(counts.of(of, on)).toBe(own.filter((session) => session.server === on).length)
          }
        }
      }),
    )
  })
})
