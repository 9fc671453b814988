import type { PowerState, ServerPhase } from '@infrarust/core/server-power'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isReplaceable, Machine } from '../src/machine.ts'
import { type Answer, EDGES, type MachineInput } from '../src/machine-contract.ts'
import { SETTINGS } from './driven.ts'

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
        fc.array(step, { maxLength: 60, size: 'max' }),
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
