import { describe, expect, it } from 'vitest'
import { LineBounds } from '../../src/entries/provider.ts'

describe('the lines about one thing', () => {
  const bounds = () => {
    let now = 0
    const lines = new LineBounds(() => now)
    return { lines, pass: (ms: number) => (now += ms) }
  }

  it('are twenty at once, the last of which says so, and then one a minute', () => {
    const { lines, pass } = bounds()
    const fates = Array.from({ length: 100 }, () => lines.take('container "a"'))
    expect(fates.filter((fate) => fate === 'shown')).toHaveLength(19)
    expect(fates[19]).toBe('last')
    expect(fates.slice(20).every((fate) => fate === 'left-out')).toBe(true)
    pass(60_000)
    expect([lines.take('container "a"'), lines.take('container "a"')]).toEqual(['shown', 'left-out'])
  })
  it('cost no other thing its lines', () => {
    const { lines } = bounds()
    for (let line = 0; line < 100; line++) lines.take('container "a"')
    expect(lines.take('container "b"')).toBe('shown')
  })
  it('are said to be left out again after a quiet time', () => {
    const { lines, pass } = bounds()
    const burst = () => Array.from({ length: 30 }, () => lines.take('a')).filter((fate) => fate === 'last').length
    expect(burst()).toBe(1)
    pass(20 * 60_000)
    expect(burst()).toBe(1)
  })
  it('are bounded in all, whatever the things are called', () => {
    const { lines } = bounds()
    let shown = 0
    for (let thing = 0; thing < 20_000; thing++) if (lines.take(`container "${thing}"`) === 'shown') shown++
    expect(shown).toBeLessThan(10_100)
  })
})
