import { describe, expect, it } from 'vitest'
import { Driven, kinds, SETTINGS } from './driven.ts'

describe('a server that sleeps', () => {
  it('is asked for and pinged once at the start, and is not touched when it sleeps', () => {
    const driven = new Driven()
    expect(kinds(driven.effects)).toEqual(['ask', 'ping'])
    driven.asleep()
    driven.effects.length = 0
    for (let second = 0; second < 29; second++) driven.after(1_000)
    expect(driven.effects).toEqual([])
  })
  it('is started once however many want it, when it is its turn, and is up with the first answered ping', () => {
    const driven = new Driven().asleep()
    expect(kinds(driven.feed({ kind: 'wanted', count: 1 }))).toContain('queue')
    expect(driven.feed({ kind: 'wanted', count: 2 })).toEqual([])
    expect(kinds(driven.feed({ kind: 'permitted' }))).toEqual(['ask'])
    expect(kinds(driven.reads('stopped'))).toEqual(['start'])
    expect(driven.feed({ kind: 'wanted', count: 3 })).toEqual([])
    driven.after(3_000)
    expect(kinds(driven.feed({ kind: 'ordered', epoch: driven.epoch }))).toEqual(['ping'])
    driven.pinged(false)
    expect(kinds(driven.after(1_000))).toEqual(['ping'])
    driven.pinged(true)
    expect(driven.machine.phase).toBe('online')
    expect(driven.machine.startMs(driven.at)).toBe(4_000)
  })
  it('is not started where it runs already: somebody else was quicker', () => {
    const driven = new Driven().asleep()
    driven.feed({ kind: 'wanted', count: 1 })
    driven.feed({ kind: 'permitted' })
    expect(kinds(driven.reads('starting'))).toEqual(['ping'])
    driven.pinged(true)
    expect(driven.machine.phase).toBe('online')
    expect(driven.machine.startMs(driven.at)).toBeUndefined()
  })
  it('leaves the line when nobody waits for it any more', () => {
    const driven = new Driven().asleep()
    driven.feed({ kind: 'wanted', count: 1 })
    expect(kinds(driven.feed({ kind: 'wanted', count: 0 }))).toEqual(['leave-queue', 'entered'])
    expect(driven.machine.phase).toBe('sleeping')
  })
  it('has crashed where it answers no ping in time, with a pause before the next start', () => {
    const driven = new Driven().asleep()
    driven.feed({ kind: 'wanted', count: 1 })
    driven.feed({ kind: 'permitted' })
    driven.reads('stopped')
    driven.feed({ kind: 'ordered', epoch: driven.epoch })
    expect(kinds(driven.after(60_000))).toContain('dismiss')
    expect(driven.machine.phase).toBe('crashed')
    driven.feed({ kind: 'wanted', count: 1 })
    expect(driven.machine.phase).toBe('crashed')
    driven.at += 30_000
    driven.feed({ kind: 'wanted', count: 2 })
    expect(driven.machine.phase).toBe('starting')
  })
  // The first answer of a panel after a start is up to half a minute old, and says that the server is off.
  it('has not crashed because its power says what was before the start', () => {
    const driven = new Driven({ staleMs: 20_000 }).asleep()
    driven.feed({ kind: 'wanted', count: 1 })
    driven.feed({ kind: 'permitted' })
    driven.reads('stopped')
    driven.feed({ kind: 'ordered', epoch: driven.epoch })
    expect(driven.readsAfter(10_000, 'stopped')).toBe('starting')
    expect(driven.readsAfter(15_000, 'stopped')).toBe('crashed')
  })
  it('is stopped when nobody was there for long enough, and its own status says so too', () => {
    const driven = new Driven().up()
    driven.effects.length = 0
    for (let look = 0; look < 19; look++) {
      driven.after(15_000)
      driven.pinged(true, 0)
    }
    expect(driven.machine.phase).toBe('online')
    driven.after(15_000)
    driven.pinged(true, 0)
    expect(driven.machine.phase).toBe('stopping')
    expect(kinds(driven.reads('running'))).toEqual(['stop'])
    driven.feed({ kind: 'ordered', epoch: driven.epoch })
    driven.after(1_000)
    driven.reads('stopping')
    driven.after(2_000)
    driven.reads('stopped')
    expect(driven.machine.phase).toBe('sleeping')
  })
  it.each([
    ['who came another way', (driven: Driven) => driven.pinged(true, 1)],
    [
      'whom its status does not count',
      (driven: Driven) => driven.feed({ kind: 'pinged', isUp: true, players: undefined, epoch: driven.epoch }),
    ],
    ['of whom nobody knows, since its status fails', (driven: Driven) => driven.pinged(false)],
  ])('is kept up by players %s', (_, look) => {
    const driven = new Driven().up()
    for (let rounds = 0; rounds < 100; rounds++) {
      driven.after(15_000)
      look(driven)
      driven.reads('running')
    }
    expect(driven.machine.phase).toBe('online')
  })
  it('sleeps whatever its status invents, where only sessions count', () => {
    const driven = new Driven({ count: 'sessions' }).up()
    driven.after(300_000)
    expect(driven.machine.phase).toBe('stopping')
  })
  it('is kept up by a session of ours, and counts anew from its end', () => {
    const driven = new Driven({ count: 'sessions' }).up()
    driven.after(299_000)
    driven.feed({ kind: 'sessions', count: 1 })
    driven.after(3_600_000)
    driven.feed({ kind: 'sessions', count: 0 })
    driven.after(299_000)
    expect(driven.machine.phase).toBe('online')
    driven.after(1_000)
    expect(driven.machine.phase).toBe('stopping')
  })
  it('is not stopped before it was up for min_online', () => {
    const driven = new Driven({ count: 'sessions', shutdownAfterMs: 1_000, minOnlineMs: 60_000 }).up()
    driven.after(59_000)
    expect(driven.machine.phase).toBe('online')
    driven.after(1_000)
    expect(driven.machine.phase).toBe('stopping')
  })
  it('never sleeps without shutdown_after', () => {
    const driven = new Driven({ shutdownAfterMs: undefined }).up()
    driven.after(365 * 86_400_000)
    driven.reads('running')
    expect(driven.machine.phase).toBe('online')
  })
  // It had been up since before the key was written, and looked at its own status never again.
  it('sleeps when its time is over that was written while it was up', () => {
    for (const count of ['players', 'sessions'] as const) {
      const driven = new Driven({ shutdownAfterMs: undefined, count }).up()
      driven.after(3_600_000)
      driven.reads('running')
      driven.machine.use({ ...SETTINGS, count }, driven.at)
      driven.after(0)
      if (count === 'players') driven.pinged(true)
      expect(driven.machine.phase).toBe('stopping')
    }
  })
  it('is looked at in time however often its definition comes again', () => {
    const driven = new Driven().up()
    let pings = 0
    for (let second = 0; second < 16; second++) {
      driven.machine.use(SETTINGS, driven.at)
      if (kinds(driven.after(1_000)).includes('ping')) pings++
    }
    expect(pings).toBe(1)
  })
  it('has the start_timeout that is written while it starts', () => {
    const driven = new Driven().asleep()
    driven.feed({ kind: 'wanted', count: 1 })
    driven.feed({ kind: 'permitted' })
    driven.reads('stopped')
    driven.feed({ kind: 'ordered', epoch: driven.epoch })
    driven.machine.use({ ...SETTINGS, startTimeoutMs: 120_000 }, driven.at)
    driven.after(119_000)
    expect(driven.machine.phase).toBe('starting')
    driven.after(1_000)
    expect(driven.machine.phase).toBe('crashed')
  })
  // `poll_interval` was read, and asked for nothing.
  it('is asked for as often as its power wants it, while it starts and while it stops', () => {
    const driven = new Driven({ pollMs: 20_000, count: 'sessions' }).asleep()
    const askedIn = (ms: number): number => {
      let asked = 0
      for (let passed = 0; passed < ms; passed += 1_000) if (kinds(driven.after(1_000)).includes('ask')) asked++
      return asked
    }
    driven.feed({ kind: 'wanted', count: 1 })
    driven.feed({ kind: 'permitted' })
    driven.reads('stopped')
    driven.feed({ kind: 'ordered', epoch: driven.epoch })
    expect(askedIn(19_000)).toBe(0)
    expect(askedIn(1_000)).toBe(1)
    driven.reads('running')
    driven.pinged(true)
    driven.feed({ kind: 'operator', wants: 'stop' })
    driven.reads('running')
    driven.feed({ kind: 'ordered', epoch: driven.epoch })
    driven.after(1_000)
    driven.reads('stopping')
    expect(askedIn(19_000)).toBe(0)
    expect(askedIn(1_000)).toBe(1)
  })
  it('is started again after the stop for who comes in the middle of it', () => {
    const driven = new Driven({ count: 'sessions' }).up()
    driven.after(300_000)
    driven.reads('running')
    driven.feed({ kind: 'ordered', epoch: driven.epoch })
    driven.feed({ kind: 'wanted', count: 1 })
    expect(driven.machine.phase).toBe('stopping')
    driven.after(1_000)
    expect(kinds(driven.reads('stopped'))).toContain('queue')
    expect(driven.machine.phase).toBe('starting')
  })
  it('goes to sleep when it has stopped by itself, once a ping says so too', () => {
    const driven = new Driven().up()
    driven.feed({ kind: 'doubt' })
    driven.reads('stopped')
    expect(driven.machine.phase).toBe('online')
    driven.pinged(false)
    expect(driven.machine.phase).toBe('sleeping')
  })
})
