import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PHASE, Phases } from '../../src/connection/phases.ts'
import { PlainPhases } from './plain.ts'

describe('the phases of a connection', () => {
  it('are what their plain form counts, whichever are entered and how often', () => {
    const phase = fc.option(fc.constantFrom(...Object.values(PHASE)), { nil: undefined })
    const step = fc.tuple(phase, fc.nat({ max: 5_000 }))
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), fc.nat({ max: 5_000 }), (steps, lastMs) => {
        const acceptedAt = 1_000
        const phases = new Phases(acceptedAt)
        const plain = new PlainPhases(acceptedAt)
        let at = acceptedAt
        for (const [phase, ms] of steps) {
          at += ms
          phases.enter(phase, at)
          plain.enter(phase, at)
        }
        const finished = phases.finish(at + lastMs)
        expect(finished.total).toBe(plain.finish(at + lastMs))
        const { header, handshake, login, hold, connect, relay, answer } = finished
        const counted = [header, handshake, login, hold, connect, relay, answer]
        expect(counted).toEqual(counted.map((_, place) => plain.whole(place)))
      }),
    )
  })
})
