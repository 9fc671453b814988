import fc, { assert, constantFrom, integer, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hashOf, type Link, ManyByKey } from '../../src/collections/many-by-key.ts'
import { PlainManyByKey } from './plain-many-by-key.ts'

describe('values by a key that several may share', () => {
  it('are found as in a plain list, however they come and go', () => {
    const step = fc.oneof(
      fc.record({ kind: constantFrom('add' as const), key: integer({ min: 0, max: 600 }) }),
      fc.record({ kind: constantFrom('remove' as const), key: integer({ min: 0, max: 10_000 }) }),
    )
    assert(
      property(fc.array(step, { maxLength: 1_500, size: 'max' }), (steps) => {
        const [index, plain] = [new ManyByKey<number>(), new PlainManyByKey<number>()]
        const places: { readonly place: Link<number>; readonly plain: ReturnType<PlainManyByKey<number>['add']> }[] = []
        for (const [at, { kind, key }] of steps.entries()) {
          if (kind === 'add') {
            places.push({ place: index.add(`k${key}`, at), plain: plain.add(`k${key}`, at) })
          } else {
            const [removed] = places.splice(key % (places.length || 1), 1)
            if (removed === undefined) continue
            index.remove(removed.place)
            plain.remove(removed.plain)
          }
        }
        expect(index.size).toBe(plain.size)
        for (let key = 0; key <= 600; key++) {
          const found = valuesOf(index, `k${key}`)
          expect([...found].sort((a, b) => a - b)).toEqual(plain.find(`k${key}`))
        }
      }),
      { numRuns: 30 },
    )
  })
})

function valuesOf(index: ManyByKey<number>, key: string): number[] {
  const found: number[] = []
  for (let link = index.first(hashOf(key)); link !== undefined; link = link.next)
    if (link.key === key) found.push(link.value)
  return found
}
