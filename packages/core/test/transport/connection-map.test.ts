import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ConnectionMap } from '../../src/transport/connection-map.ts'
import { PlainConnectionMap } from './plain-connection-map.ts'

/** As the native transport numbers them: a slot that is used again, a thread, a generation. */
function idOf(slot: number, thread: number, generation: number): number {
  return slot + thread * 2 ** 20 + generation * 2 ** 26
}

describe('a connection map', () => {
  it('knows what a Map knows, however they come and go', () => {
    // As the node transport numbers them: one behind the other, the oldest gone first or last. And as the native one does.
    const id = fc.oneof(
      fc.nat(3_000),
      fc.tuple(fc.nat(300), fc.nat(3), fc.nat(4)).map(([slot, thread, generation]) => idOf(slot, thread, generation)),
    )
    const step = fc.record({ id, comes: fc.boolean() })
    fc.assert(
      fc.property(fc.nat(2_000), fc.array(step, { maxLength: 2_000, size: 'max' }), (dense, steps) => {
        const [map, plain] = [new ConnectionMap<string>(), new PlainConnectionMap<string>()]
        for (const each of [map, plain]) for (let id = 0; id < dense; id++) each.set(id, `${id}`)
        for (const [at, { id, comes }] of steps.entries()) {
          for (const each of [map, plain]) comes ? each.set(id, `${id} ${at}`) : each.delete(id)
          if (map.get(id) !== plain.get(id)) expect(map.get(id)).toBe(plain.get(id))
        }
        expect(map.size).toBe(plain.size)
        expect(map.values().toSorted()).toEqual(plain.values().toSorted())
        const ids = Array.from({ length: 3_001 }, (_, id) => id)
        expect(ids.map((id) => map.get(id))).toEqual(ids.map((id) => plain.get(id)))
      }),
      { numRuns: 30 },
    )
  })

  it('has nothing under an id that is gone, or that another generation has', () => {
    const map = new ConnectionMap<string>()
    map.set(idOf(5, 0, 1), 'first')
    map.set(idOf(5, 0, 2), 'second')
    map.delete(idOf(5, 0, 1))
    expect(map.get(idOf(5, 0, 1))).toBeUndefined()
    expect(map.get(idOf(5, 0, 2))).toBe('second')
    expect(map.get(0)).toBeUndefined()
  })
})
