import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SLOT_BITS, THREAD_BITS } from '../src/boundary.ts'
import { ConnectionTable } from '../src/connection-table.ts'
import { PlainConnectionTable } from './plain-connection-table.ts'

const THREADS = 3

/** As the threads number them: the slot, the thread, and how many connections the slot has had. */
function idOf(slot: number, thread: number, generation: number): number {
  return slot + thread * 2 ** SLOT_BITS + generation * 2 ** (SLOT_BITS + THREAD_BITS)
}

describe('the table of connections', () => {
  it('knows what a Map knows, however they come and go', () => {
    const step = fc.record({ slot: fc.nat(40), thread: fc.nat(THREADS - 1), isAsked: fc.boolean(), ago: fc.nat(2) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400, size: 'max' }), (steps) => {
        const [table, plain] = [new ConnectionTable(THREADS), new PlainConnectionTable()]
        const generations = new Map<number, number>()
        for (const { slot, thread, isAsked, ago } of steps) {
          const place = idOf(slot, thread, 0)
          const generation = generations.get(place) ?? 0
          const id = idOf(slot, thread, generation)
          // A thread gives a slot away again only when its connection is gone.
          if (!isAsked && plain.get(id) === undefined) {
            generations.set(place, generation + 1)
            for (const each of [table, plain]) each.add(idOf(slot, thread, generation + 1)).seq = steps.length
          } else if (!isAsked) for (const each of [table, plain]) each.delete(id)
          // Also one that is over, by an order or a report that comes late.
          const asked = idOf(slot, thread, Math.max(0, generation - ago))
          expect(table.get(asked)).toEqual(plain.get(asked))
          if (isAsked && ago > 0) for (const each of [table, plain]) each.delete(idOf(slot, thread, generation - ago))
          expect(table.size).toBe(plain.size)
        }
      }),
      { numRuns: 50 },
    )
  })

  it('has no connection of a thread that there is not', () => {
    expect(() => new ConnectionTable(1).add(idOf(0, 1, 1))).toThrow(RangeError)
    expect(new ConnectionTable(1).get(idOf(0, 1, 1))).toBeUndefined()
  })
})
