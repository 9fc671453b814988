import { describe, expect, it } from 'vitest'
import type { ConnectionContext, ListenerRules } from '../../src/connection/context.ts'
import { arrived } from '../../src/connection/facts.ts'
import { Turn } from '../../src/connection/turn.ts'
import { LOCAL, PEER } from './simulation.ts'

const SECRET = Uint8Array.from({ length: 16 }, (_, at) => at)

describe('a turn', () => {
  it('builds a relay that begins with a parley, and the decisions of that parley', () => {
    const turn = newTurn()
    const limits = { deadlineAt: 5, replayLimitBytes: 8, idleMs: 0, halfClosedIdleMs: 0 }
    expect(turn.relayWithParley({ attempts: [], ...limits })).toEqual({
      kind: 'relay',
      seq: 1,
      consumed: 0,
      attempts: [],
      ...limits,
      parley: true,
    })
    turn.bytes.show(Uint8Array.of(1, 2, 3))
    turn.bytes.drop(2)
    const said = { toClient: Uint8Array.of(7), toServer: Uint8Array.of(8), consumedFromServer: 4 }
    const bounds = { deadlineAt: 9, maxBytes: 10, maxServerBytes: 11 }
    expect(turn.parley({ ...said, ...bounds, then: 'pump' })).toEqual({
      kind: 'parley',
      seq: 2,
      consumed: 2,
      ...said,
      ...bounds,
      then: 'pump',
    })
  })

  it('has the cipher begin with the decision that it is told', () => {
    const turn = newTurn()
    turn.bytes.show(Uint8Array.of(1, 2, 3))
    turn.bytes.drop(3)
    expect(turn.ciphered(turn.hold(5, 64), SECRET)).toEqual({
      kind: 'hold',
      seq: 1,
      consumed: 3,
      deadlineAt: 5,
      maxBytes: 64,
      cipher: SECRET,
    })
  })
})

/** Of a connection about which nothing is known yet; its surroundings are asked for nothing. */
function newTurn(): Turn {
  const listener = { name: 'main' } as ListenerRules
  const accepted = { kind: 'accepted', at: 0, listener: 'main', peer: PEER, local: LOCAL } as const
  return new Turn(arrived(1, accepted, listener), {} as ConnectionContext)
}
