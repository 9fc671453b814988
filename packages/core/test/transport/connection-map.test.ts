import { describe, expect, it } from 'vitest'
import { ConnectionMap } from '../../src/transport/connection-map.ts'

/** As the native transport numbers them: a slot that is used again, a thread, a generation. */
function idOf(slot: number, thread: number, generation: number): number {
  return slot + thread * 2 ** 20 + generation * 2 ** 26
}

describe('a connection map', () => {
  it('knows what a Map knows, through thousands that come and go', () => {
    const map = new ConnectionMap<string>()
    const known = new Map<number, string>()
    let random = 1
    for (let round = 0; round < 20_000; round++) {
      random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0
      const id = idOf((random >>> 8) % 700, (random >>> 20) % 3, random >>> 28)
      // More of them come at first, more of them go later.
      if (random % 10 < (round < 10_000 ? 7 : 3)) {
        map.set(id, `${id} ${round}`)
        known.set(id, `${id} ${round}`)
      } else {
        map.delete(id)
        known.delete(id)
      }
      expect(map.get(id)).toBe(known.get(id))
    }
    expect(map.size).toBe(known.size)
    expect(map.values().toSorted()).toEqual([...known.values()].toSorted())
    for (const [id, value] of known) expect(map.get(id)).toBe(value)
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
