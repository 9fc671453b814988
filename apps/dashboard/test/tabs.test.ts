import { describe, expect, it } from 'vitest'
import { paceMs } from '../src/page/model/pace.ts'
import { tabAt } from '../src/page/model/tab-at.ts'

describe('a row of tabs', () => {
  it.each([
    ['ArrowRight', 0, 1],
    ['ArrowRight', 3, 0],
    ['ArrowLeft', 0, 3],
    ['ArrowLeft', 2, 1],
    ['Home', 2, 0],
    ['End', 1, 3],
    ['Enter', 1, undefined],
    ['Tab', 1, undefined],
  ])('is gone through with %s, from %s to %s', (key, at, to) => expect(tabAt(key, at, 4)).toBe(to))
})

describe('the pace of looking at all connections', () => {
  // All of ten thousand were fetched every three seconds, a megabyte each time.
  it('asks for a thousand of them in three seconds, however many there are', () => {
    for (const count of [0, 1, 999, 1_000, 1_001, 10_000, 100_000]) {
      expect(paceMs(count)).toBeGreaterThanOrEqual(3_000)
      expect(count * 3_000).toBeLessThanOrEqual(paceMs(count) * 1_000)
    }
    expect([paceMs(1_000), paceMs(10_000)]).toEqual([3_000, 30_000])
  })
})
