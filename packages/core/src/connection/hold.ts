import type { Connection, Next } from './connection.ts'
import type { Reason } from './reason.ts'
import { refuse } from './refuse.ts'
import { serve } from './serve.ts'
import type { StateOf, StepInput } from './state.ts'

/** What a wait ends in that took too long. */
const IN_VAIN = {
  routes: 'starting',
  endpoints: 'server_down',
  status: 'server_down',
} as const satisfies Record<StateOf<'holding'>['waitingFor'], Reason>

/** Something is under way elsewhere; its outcome is not handed over, it is asked for again. */
export function waitForSettled(connection: Connection, state: StateOf<'holding'>, input: StepInput): Next {
  switch (input.kind) {
    case 'settled':
      return serve(connection, input.at)
    case 'deadline':
      return refuse(connection, { reason: IN_VAIN[state.waitingFor] }, input.at)
    case 'overrun':
      return connection.close('overrun', input.at, 'reset')
    default:
      // A client that has only closed its own side still gets its answer.
      return undefined
  }
}
