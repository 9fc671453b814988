import fc from 'fast-check'
import { expect, it } from 'vitest'
import { DialsUnderWay } from '../../src/loop/dials-under-way.ts'

it('counts the dials of one client with one name to one server, as a plain table does', () => {
  // Parts that would be the same text if they were joined, too.
  const part = fc.constantFrom('a', 'ab', 'b', 'a b', 'b ', ' ', 'Steve')
  const dial = fc.record({ client: part, player: part, server: part, ends: fc.option(fc.nat(), { nil: undefined }) })
  fc.assert(
    fc.property(fc.array(dial, { maxLength: 200 }), (steps) => {
      const dials = new DialsUnderWay()
      const plain = new Map<string, number>()
      const underWay: { readonly key: string; readonly place: ReturnType<DialsUnderWay['begin']> }[] = []
      for (const { client, player, server, ends } of steps) {
        const key = JSON.stringify([client, player, server])
        plain.set(key, (plain.get(key) ?? 0) + 1)
        const place = dials.begin(client, player, server, 'peer')
        underWay.push({ key, place })
        expect(place.value.count).toBe(plain.get(key))
        if (ends === undefined) continue
        const [ended] = underWay.splice(ends % underWay.length, 1)
        if (ended === undefined) continue
        dials.end(ended.place)
        const left = (plain.get(ended.key) ?? 0) - 1
        if (left === 0) plain.delete(ended.key)
        else plain.set(ended.key, left)
      }
      expect(dials.size).toBe(plain.size)
    }),
  )
})
