import type { PowerState, ServerPhase } from '@infrarust/core/server-power'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Answer,
  EDGES,
  isReplaceable,
  Machine,
  type MachineEffect,
  type MachineInput,
  type MachineSettings,
  type WrittenOrder,
} from '../src/machine.ts'

const SETTINGS: MachineSettings = {
  startTimeoutMs: 60_000,
  shutdownAfterMs: 300_000,
  minOnlineMs: 60_000,
  cooldownMs: 30_000,
  count: 'players',
  staleMs: 0,
  pollMs: undefined,
}

/** A machine, and the time in the hands of the test. */
class Driven {
  readonly machine: Machine
  at = 0
  readonly effects: MachineEffect[] = []

  constructor(settings: Partial<MachineSettings> = {}, order?: WrittenOrder) {
    this.machine = new Machine({ ...SETTINGS, ...settings }, 0, order)
    this.feed({ kind: 'tick' })
  }

  feed(input: MachineInput): readonly MachineEffect[] {
    const effects = this.machine.input(input, this.at)
    this.effects.push(...effects)
    return effects
  }

  get epoch(): number {
    return this.machine.epoch
  }

  reads(state: PowerState, why?: string): readonly MachineEffect[] {
    return this.feed({ kind: 'reading', state, why, epoch: this.epoch })
  }

  pinged(isUp: boolean, players: number | undefined = 0): readonly MachineEffect[] {
    return this.feed({ kind: 'pinged', isUp, players, epoch: this.epoch })
  }

  after(ms: number): readonly MachineEffect[] {
    this.at += ms
    return this.feed({ kind: 'tick' })
  }

  /** Asleep, as its power says. */
  asleep(): this {
    this.reads('stopped')
    expect(this.machine.phase).toBe('sleeping')
    return this
  }

  /** Up, by a start that was ordered here. */
  up(): this {
    this.asleep()
    this.feed({ kind: 'wanted', count: 1 })
    this.feed({ kind: 'permitted' })
    this.reads('stopped')
    this.feed({ kind: 'ordered', epoch: this.epoch })
    this.pinged(true)
    expect(this.machine.phase).toBe('online')
    return this
  }
}

const kinds = (effects: readonly MachineEffect[]): readonly string[] => effects.map(({ kind }) => kind)

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
    driven.after(10_000)
    driven.reads('stopped')
    expect(driven.machine.phase).toBe('starting')
    driven.after(15_000)
    driven.reads('stopped')
    expect(driven.machine.phase).toBe('crashed')
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
    driven.after(70_000)
    driven.reads('stopped')
    expect(driven.machine.phase).toBe('sleeping')
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
    never.after(26_000)
    never.reads('stopped')
    expect(never.machine.phase).toBe('crashed')
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

const STATES: readonly PowerState[] = ['running', 'stopped', 'starting', 'stopping', 'crashed', 'unknown']

/** What may come by itself. */
const told: fc.Arbitrary<MachineInput> = fc.oneof(
  fc.constant({ kind: 'tick' } as const),
  fc.record({ kind: fc.constant('wanted' as const), count: fc.nat(2) }),
  fc.record({ kind: fc.constant('sessions' as const), count: fc.nat(2) }),
  fc.constant({ kind: 'permitted' } as const),
  fc.record({ kind: fc.constant('operator' as const), wants: fc.constantFrom('start' as const, 'stop' as const) }),
  fc.constant({ kind: 'doubt' } as const),
  fc.constant({ kind: 'replaced' } as const),
)

/** What may come of a question or an order. */
const answer: fc.Arbitrary<Answer> = fc.oneof(
  fc.record({ kind: fc.constant('reading' as const), state: fc.constantFrom(...STATES) }),
  fc.constant({ kind: 'unreadable', message: 'away' } as const),
  fc.constant({ kind: 'ordered' } as const),
  fc.constant({ kind: 'order-failed', message: 'no' } as const),
  fc.record({
    kind: fc.constant('pinged' as const),
    isUp: fc.boolean(),
    players: fc.constantFrom(0, 0, 1, undefined),
  }),
)

/** What happens next, and how long after what was before. */
const step = fc.record({
  waitMs: fc.oneof(fc.constant(0), fc.nat(5_000), fc.constantFrom(15_000, 60_000, 300_000, 700_000)),
  said: fc.oneof(
    told.map((input) => ({ kind: 'told' as const, input })),
    fc.record({ kind: fc.constant('answer' as const), answer, isOutdated: fc.nat(9).map((digit) => digit === 0) }),
  ),
})

describe('the machine', () => {
  it('takes every edge of the table and no other, and orders nothing twice', () => {
    const taken = new Set<string>()
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60 }),
        fc.option(
          fc.record({
            kind: fc.constantFrom('start' as const, 'stop' as const),
            msAgo: fc.constantFrom(0, 30_000, 90_000),
          }),
          { nil: undefined },
        ),
        fc.constantFrom(0, 20_000, Number.POSITIVE_INFINITY),
        fc.constantFrom('players' as const, 'sessions' as const),
        (steps, order, staleMs, count) => {
          const machine = new Machine({ ...SETTINGS, staleMs, count }, 0, order)
          let at = 0
          let phase: ServerPhase = 'unknown'
          let isOrdered = false
          for (const { waitMs, said } of steps) {
            at += waitMs
            const input =
              said.kind === 'told' ? said.input : { ...said.answer, epoch: machine.epoch - (said.isOutdated ? 1 : 0) }
            if (input.kind === 'replaced' && !isReplaceable(machine)) continue
            const effects = machine.input(input, at)
            for (const effect of effects) {
              if (effect.kind === 'entered') {
                if (effect.from !== phase || !EDGES[phase].includes(effect.phase))
                  throw new Error(`${phase} to ${effect.phase}, as from ${effect.from}`)
                taken.add(`${phase} ${effect.phase}`)
                phase = effect.phase
                isOrdered = false
              }
              if (effect.kind === 'start' || effect.kind === 'stop') {
                if (isOrdered || phase !== (effect.kind === 'start' ? 'starting' : 'stopping'))
                  throw new Error(`${effect.kind} while ${phase}`)
                isOrdered = true
              }
            }
            if (machine.phase !== phase) throw new Error(`${machine.phase}, and not ${phase}`)
          }
        },
      ),
      { numRuns: 10_000 },
    )
    const edges = Object.entries(EDGES).flatMap(([from, next]) => next.map((to) => `${from} ${to}`))
    expect([...taken].sort()).toEqual(edges.sort())
  })
})
