import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PHASE, Phases } from '../../src/connection/phases.ts'
import { PlainPhases } from './plain-phases.ts'

describe('the phases of a connection', () => {
  it('are what a plain sum of each says, however it goes through them', () => {
    // Quarters of milliseconds, so that sums are exact and the order of adding does not matter.
    const quarters = fc.nat(40_000).map((count) => count / 4)
    const step = fc.record({
      phase: fc.option(fc.constantFrom(...Object.values(PHASE)), { nil: undefined }),
      afterMs: quarters,
    })
    fc.assert(
      fc.property(quarters, fc.array(step, { maxLength: 20 }), quarters, (acceptedAt, steps, lastMs) => {
        const [phases, plain] = [new Phases(acceptedAt), new PlainPhases(acceptedAt)]
        let at = acceptedAt
        for (const { phase, afterMs } of steps) {
          at += afterMs
          phases.enter(phase, at)
          plain.enter(phase, at)
        }
        expect(phases.finish(at + lastMs)).toEqual(plain.finish(at + lastMs))
      }),
    )
  })

  it('count one that is entered twice once, with its sum', () => {
    const phases = new Phases(100)
    phases.enter(PHASE.header, 100)
    phases.enter(PHASE.hold, 110)
    phases.enter(PHASE.header, 140)
    phases.enter(undefined, 145)
    expect(phases.finish(200)).toMatchObject({ header: 15, hold: 30, total: 100 })
  })
})
