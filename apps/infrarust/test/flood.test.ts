import { beforeEach, describe, expect, it } from 'vitest'
import { Flood } from '../src/log/flood.ts'

let now: number
let told: string[]
let flood: Flood

beforeEach(() => {
  now = 0
  // Its own: the timer of the flood before may still come.
  const lines: string[] = []
  told = lines
  flood = new Flood({ now: () => now, summarize: (kind, count) => lines.push(`${kind} ${count}`) })
})

/** How many of `count` lines are written. */
function shown(count: number, client: (index: number) => string | undefined, kind = 'rate_limited'): number {
  return Array.from({ length: count }, (_, index) => flood.shows(kind, client(index))).filter(Boolean).length
}

describe('a flood', () => {
  it('of one client is written fifty times a second, and then counted', () => {
    expect(shown(50, () => 'a')).toBe(50)
    expect(shown(1_000, () => 'a')).toBe(0)
    now = 1_000
    expect(shown(60, () => 'a')).toBe(50)
    flood.flush()
    expect(told).toEqual(['rate_limited 1000', 'rate_limited 10'])
  })

  it('still shows the first line of each client in a second', () => {
    shown(500, () => 'a')
    expect(shown(300, (index) => `b${index % 100}`)).toBe(100)
    expect(shown(10, () => 'a')).toBe(0)
    now = 1_500
    shown(500, () => 'a')
    expect(shown(2, () => 'b1')).toBe(1)
  })

  it('of one kind hides no line of another', () => {
    shown(1_000, () => 'a')
    expect(shown(10, () => 'a', 'banned')).toBe(10)
  })

  it('that is about nobody is written fifty times', () => {
    expect(shown(200, () => undefined)).toBe(50)
  })

  it('leaves nothing out: each line is written or counted', () => {
    let written = 0
    for (let step = 0; step < 2_000; step++) {
      now += step % 7
      written += shown(1 + (step % 5), (index) => `${(step * index) % 40}`)
    }
    flood.flush()
    flood.flush()
    const counted = told.reduce((sum, line) => sum + Number(line.split(' ')[1]), 0)
    expect(written + counted).toBe(Array.from({ length: 2_000 }, (_, step) => 1 + (step % 5)).reduce((a, b) => a + b))
  })

  it('is summed up when its second is over, although nothing more comes', async () => {
    shown(60, () => 'a')
    now = 1_000
    await expect.poll(() => told, { timeout: 10_000 }).toEqual(['rate_limited 10'])
  })

  // The clients of a last second were kept until the next line of that kind, which may be hours away.
  it('leaves no client behind when it is over', async () => {
    shown(1_000, (index) => `a${index}`)
    expect(flood.size).toBe(1)
    now = 1_000
    await expect.poll(() => flood.size, { timeout: 10_000 }).toBe(0)
    expect(shown(1, () => 'a1')).toBe(1)
  })
})
