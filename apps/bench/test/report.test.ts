import { describe, expect, it } from 'vitest'
import type { Figure } from '../src/figures.ts'
import { chart, median, rows, table } from '../src/report.ts'

const figure: Figure = {
  key: 'connect',
  title: 'CPU per connection',
  unit: 'µs',
  isLessBetter: true,
  prepare: async () => ({ measure: async () => ({ value: 0 }), stop: async () => {} }),
}

describe('the report', () => {
  const values = new Map([
    ['HAProxy', [{ value: 100 }, { value: 200 }, { value: 100 }]],
    ['Infrarust, native', [{ value: 80 }, { value: 180, loadShare: 0.99 }, { value: 90, loadShare: 0.99 }]],
  ])

  it('compares within each round, so that a slow minute of the machine weighs on both sides', () => {
    const [base, ours] = rows({ figure, values }, 'HAProxy')
    expect(base?.ratio).toBe(1)
    expect(ours?.ratio).toBe(0.9)
    expect(ours?.median).toBe(90)
  })

  it('says so where the load generator was the limit', () => {
    expect(table(rows({ figure, values }, 'HAProxy'))).toContain(
      'generator itself was the limit for: Infrarust, native',
    )
  })

  it('says so too where the generator was late with its packets itself', () => {
    const latency = { ...figure, key: 'latency', title: 'p99 latency' }
    const late = new Map([
      ['HAProxy', [{ value: 900, loadShare: 0.1 }]],
      ['nginx', [{ value: 900, loadShare: 0.7 }]],
    ])
    expect(table(rows({ figure: latency, values: late }, 'HAProxy'))).toContain(
      'was the limit for: nginx (p99 latency).',
    )
  })

  it('draws a bar for each ratio', () => {
    expect(chart(rows({ figure, values }, 'HAProxy')).match(/<rect x=/g)).toHaveLength(2)
  })

  it('takes the mean of the middle two of an even number of values', () => {
    expect(median([1, 9, 3, 5])).toBe(4)
    expect(median([])).toBeNaN()
  })
})
