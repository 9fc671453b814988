import { describe, expect, it } from 'vitest'
import { Driven, kinds } from './driven.ts'

describe('a server that is found', () => {
  it('is taken for up by a ping where its power knows nothing', () => {
    const driven = new Driven()
    driven.reads('unknown')
    driven.pinged(true)
    expect(driven.machine.phase).toBe('online')
  })
  // After a kill right behind the order a second start would be the second server in the same folder.
  it('is waited for, and not started again, where the start that was written down may still be under way', () => {
    const driven = new Driven({}, { kind: 'start', msAgo: 10_000 })
    driven.reads('unknown')
    driven.pinged(false)
    expect(driven.machine.phase).toBe('starting')
    expect(kinds(driven.effects)).not.toContain('start')
    driven.after(50_000)
    expect(driven.machine.phase).toBe('crashed')
  })
  // It was said to have ended while it started.
  it('is let go of without a word of failure where the proxy ended while it was being stopped', () => {
    const driven = new Driven({}, { kind: 'stop', msAgo: 10_000 })
    driven.reads('running')
    expect(driven.machine.phase).toBe('starting')
    expect(driven.readsAfter(70_000, 'stopped')).toBe('sleeping')
  })
  it('is up where a stop was written down that has come to nothing', () => {
    const driven = new Driven({}, { kind: 'stop', msAgo: 10_000 })
    driven.reads('running')
    driven.pinged(true)
    expect(driven.machine.phase).toBe('online')
  })
  // A panel goes on saying for 20 s what was before: a proxy that was started again in that time ordered a second start.
  it('is waited for where the start that was written down is younger than what its power says', () => {
    const driven = new Driven({ staleMs: 25_000 }, { kind: 'start', msAgo: 10_000 })
    driven.reads('stopped')
    expect(driven.machine.phase).toBe('starting')
    driven.feed({ kind: 'wanted', count: 1 })
    driven.after(5_000)
    driven.reads('stopped')
    expect(kinds(driven.effects)).not.toContain('start')
    driven.pinged(true)
    expect(driven.machine.phase).toBe('online')

    const never = new Driven({ staleMs: 25_000 }, { kind: 'start', msAgo: 10_000 })
    never.reads('stopped')
    expect(never.readsAfter(26_000, 'stopped')).toBe('crashed')
    const older = new Driven({ staleMs: 25_000 }, { kind: 'start', msAgo: 30_000 })
    older.reads('stopped')
    expect(older.machine.phase).toBe('sleeping')
  })
  // It had crashed, with a pause before the next start, for who came right after somebody had stopped it in its panel, and for
  // who came after a proxy was started again in the middle of a stop.
  it.each([
    ['was found', (driven: Driven) => driven.reads('running')],
    [
      'was to be started',
      (driven: Driven) => {
        driven.asleep()
        driven.feed({ kind: 'wanted', count: 1 })
        driven.feed({ kind: 'permitted' })
        driven.reads('running')
      },
    ],
  ])('that %s running, and is stopped as its power says later, is started for who waits', (_, begin) => {
    const driven = new Driven({ staleMs: 25_000 })
    begin(driven)
    expect(driven.machine.phase).toBe('starting')
    driven.pinged(false)
    driven.feed({ kind: 'wanted', count: 1 })
    driven.after(26_000)
    driven.reads('stopped')
    expect(driven.machine.isQueued).toBe(true)
    driven.feed({ kind: 'permitted' })
    expect(kinds(driven.reads('stopped'))).toContain('start')
  })
  // It stayed crashed although it was up, was ordered to start a second time by the next player, and never slept again.
  it('is found up where it took longer than start_timeout and its power knows nothing', () => {
    const driven = new Driven({}, { kind: 'start', msAgo: 10_000 })
    driven.reads('unknown')
    driven.pinged(false)
    driven.after(50_000)
    expect(driven.machine.phase).toBe('crashed')
    driven.after(30_000)
    expect(kinds(driven.reads('unknown'))).toContain('ping')
    driven.pinged(false)
    expect(driven.machine.phase).toBe('crashed')
    driven.after(30_000)
    driven.reads('unknown')
    driven.pinged(true)
    expect(driven.machine.phase).toBe('online')
  })
  it('that runs and never answered is stopped at last', () => {
    const driven = new Driven()
    driven.reads('running')
    driven.after(60_000)
    expect(driven.machine.phase).toBe('crashed')
    driven.after(5_000)
    driven.reads('running')
    driven.after(400_000)
    expect(driven.machine.phase).toBe('stopping')
  })
  it('is asked for less and less often where that fails, and lets nobody wait for ever', () => {
    const driven = new Driven()
    driven.feed({ kind: 'wanted', count: 1 })
    let asked = 0
    for (let second = 0; second < 59; second++) {
      const effects = driven.after(1_000)
      if (kinds(effects).includes('ask')) asked++
      driven.feed({ kind: 'unreadable', message: 'the panel is away', epoch: driven.epoch })
    }
    expect(asked).toBeLessThan(15)
    expect(driven.machine.phase).toBe('unknown')
    driven.after(2_000)
    expect(driven.machine).toMatchObject({ phase: 'crashed', why: 'the panel is away' })
  })
})
