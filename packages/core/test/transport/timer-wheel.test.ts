import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { TimerWheel } from '../../src/transport/node/timer-wheel.ts'

describe('a timer wheel', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('calls each timer once, at its time or a little later, however far away it is', () => {
    const wheel = new TimerWheel(() => performance.now())
    const startedAt = performance.now()
    for (const afterMs of [0, 1, 24, 25, 26, 300, 5_000, 25_600, 25_601, 100_000]) {
      const calledAt: number[] = []
      wheel.timer((now) => calledAt.push(now)).arm(performance.now() + afterMs)
      const armedAt = performance.now()
      vi.advanceTimersByTime(afterMs + 100)
      expect(calledAt, `after ${afterMs} ms`).toHaveLength(1)
      expect(calledAt[0]).toBeGreaterThanOrEqual(armedAt + afterMs)
      expect(calledAt[0]).toBeLessThanOrEqual(armedAt + afterMs + 75)
    }
    expect(performance.now()).toBeGreaterThan(startedAt)
  })

  it('moves a timer that is armed again, and forgets one that is cancelled', () => {
    const wheel = new TimerWheel(() => performance.now())
    const called: string[] = []
    const moved = wheel.timer(() => called.push('moved'))
    const cancelled = wheel.timer(() => called.push('cancelled'))
    const neighbour = wheel.timer(() => called.push('neighbour'))
    for (const timer of [moved, cancelled, neighbour]) timer.arm(performance.now() + 100)
    moved.arm(performance.now() + 1_000)
    cancelled.cancel()
    vi.advanceTimersByTime(500)
    expect(called).toEqual(['neighbour'])
    vi.advanceTimersByTime(1_000)
    expect(called).toEqual(['neighbour', 'moved'])
  })

  it('lets one timer cancel another that is due with it', () => {
    const wheel = new TimerWheel(() => performance.now())
    const called: string[] = []
    const first = wheel.timer(() => {
      called.push('first')
      second.cancel()
    })
    const second = wheel.timer(() => {
      called.push('second')
      first.cancel()
    })
    first.arm(performance.now() + 50)
    second.arm(performance.now() + 50)
    vi.advanceTimersByTime(200)
    expect(called).toHaveLength(1)
  })

  it('has no interval of the runtime while nothing is armed', () => {
    const wheel = new TimerWheel(() => performance.now())
    expect(vi.getTimerCount()).toBe(0)
    wheel.timer(() => {}).arm(performance.now() + 50)
    expect(vi.getTimerCount()).toBe(1)
    vi.advanceTimersByTime(200)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('catches up after a stall longer than a turn', () => {
    let stalledMs = 0
    const wheel = new TimerWheel(() => performance.now() + stalledMs)
    const called: number[] = []
    for (const afterMs of [100, 10_000, 30_000])
      wheel.timer(() => called.push(afterMs)).arm(performance.now() + afterMs)
    stalledMs = 60_000
    vi.advanceTimersByTime(25)
    expect(called.sort((one, other) => one - other)).toEqual([100, 10_000, 30_000])
  })
})
