import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AgeList, type Place } from '../../src/gateway/age-list.ts'
import { PlainAgeList } from './plain-age-list.ts'

describe('a list by age', () => {
  it('has the oldest that a plain list has, in whatever order they go', () => {
    // The oldest, the newest, or any other.
    const step = fc.oneof(fc.constant('comes' as const), fc.constant('oldest' as const), fc.constant(-1), fc.nat())
    fc.assert(
      fc.property(fc.array(step, { maxLength: 500, size: 'max' }), (steps) => {
        const [list, plain] = [new AgeList<number>(), new PlainAgeList<number>()]
        const there: { readonly place: Place<number>; readonly plain: ReturnType<PlainAgeList<number>['add']> }[] = []
        for (const [at, step] of steps.entries()) {
          if (step === 'comes') there.push({ place: list.add(at), plain: plain.add(at) })
          else {
            const [gone] = there.splice(step === 'oldest' ? 0 : step % (there.length || 1), 1)
            if (gone !== undefined) {
              list.remove(gone.place)
              plain.remove(gone.plain)
            }
          }
          expect([list.size, list.oldest]).toEqual([plain.size, plain.oldest])
        }
        // To the last one: each has its neighbours.
        for (const { place, plain: plainPlace } of there) {
          expect(list.oldest).toBe(plain.oldest)
          list.remove(place)
          plain.remove(plainPlace)
        }
        expect([list.size, list.oldest]).toEqual([0, undefined])
      }),
      { numRuns: 50 },
    )
  })
})
