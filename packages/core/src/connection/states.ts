import { type ConnectionInput, INPUT_KINDS, inputNumber, type StepInput } from './input.ts'
import { PHASE } from './phases.ts'
import type { StateName, StateOf } from './state.ts'
import { admitPeer } from './steps/accept.ts'
import { readPing } from './steps/answer.ts'
import { waitForJoin } from './steps/authenticate.ts'
import { watchDial } from './steps/dial.ts'
import { readHandshake, readToRefuse } from './steps/handshake.ts'
import { waitForSettled } from './steps/holding.ts'
import { readLoginStart } from './steps/login-start.ts'
import { parley } from './steps/parley.ts'
import { readProxyHeader } from './steps/proxy-header.ts'
import { readEncryption } from './steps/read-encryption.ts'
import { readStatusRequest } from './steps/status-request.ts'
import { waitForServer } from './steps/waking.ts'
import type { Next, Turn } from './turn.ts'

/**
 * The life of a connection. Rules of this folder:
 *
 * 1. Nothing waits, asks for the time, or throws for what a peer sent. The time is `at` of the input.
 * 2. A step answers with the decision that is now in force, with undefined where the one before stands, or with `GO_ON`
 *    after it has entered another state, whose step is then asked at once, with the bytes that are left.
 * 3. Staying is allowed; any other edge stands here, under the input that takes it. One input may take several. Only a
 *    client's reset, a `cut` with `reset`, and `finished` end a connection from wherever it is.
 * 4. Deadlines are data on the decision. What answers an outdated decision, or another wait, never reaches a step.
 * 5. The first reason stands, whatever happens afterwards, unless it turns out that it was about another client.
 */
export const STATES: { readonly [Name in StateName]: StateRow<Name> } = {
  accepted: {
    number: 0,
    step: admitPeer,
    hasSaidAll: false,
    phase: undefined,
    edges: {
      accepted: ['proxy-header', 'handshake', 'refusing', 'closed'],
    },
  },
  'proxy-header': {
    number: 1,
    step: readProxyHeader,
    hasSaidAll: false,
    phase: PHASE.header,
    edges: {
      bytes: ['handshake', 'refusing', 'closed'],
      ended: ['closed'],
      deadline: ['handshake', 'refusing', 'closed'],
      cut: ['closed'],
      drain: ['closed'],
    },
  },
  handshake: {
    number: 2,
    step: readHandshake,
    hasSaidAll: false,
    phase: PHASE.handshake,
    edges: {
      bytes: ['status-request', 'login-start', 'holding', 'waking', 'dialling', 'closed'],
      ended: ['holding', 'dialling', 'closed'],
      deadline: ['holding', 'dialling', 'closed'],
      cut: ['refusing', 'closed'],
      drain: ['refusing', 'closed'],
    },
  },
  refusing: {
    number: 3,
    step: readToRefuse,
    hasSaidAll: false,
    phase: PHASE.handshake,
    edges: {
      bytes: ['status-request', 'closed'],
      ended: ['closed'],
      deadline: ['closed'],
    },
  },
  'status-request': {
    number: 4,
    step: readStatusRequest,
    hasSaidAll: false,
    phase: PHASE.handshake,
    edges: {
      bytes: ['holding', 'dialling', 'answering', 'closed'],
      ended: ['closed'],
      deadline: ['closed'],
      cut: ['closed'],
      drain: ['closed'],
    },
  },
  'login-start': {
    number: 5,
    step: readLoginStart,
    hasSaidAll: false,
    phase: PHASE.login,
    edges: {
      bytes: ['encrypting', 'holding', 'waking', 'dialling', 'closed'],
      ended: ['closed'],
      deadline: ['closed'],
      cut: ['closed'],
      drain: ['closed'],
    },
  },
  encrypting: {
    number: 11,
    step: readEncryption,
    // Whoever has only said a name may be nobody.
    hasSaidAll: false,
    phase: PHASE.login,
    edges: {
      bytes: ['authenticating', 'closed'],
      ended: ['closed'],
      deadline: ['closed'],
      cut: ['closed'],
      drain: ['closed'],
    },
  },
  authenticating: {
    number: 12,
    step: waitForJoin,
    hasSaidAll: true,
    phase: PHASE.hold,
    edges: {
      settled: ['holding', 'waking', 'dialling', 'closed'],
      ended: ['closed'],
      overrun: ['closed'],
      deadline: ['closed'],
      cut: ['closed'],
      drain: ['closed'],
    },
  },
  holding: {
    number: 6,
    step: waitForSettled,
    hasSaidAll: true,
    phase: PHASE.hold,
    edges: {
      settled: ['encrypting', 'waking', 'dialling', 'answering', 'closed'],
      overrun: ['closed'],
      deadline: ['answering', 'closed'],
      cut: ['answering', 'closed'],
      drain: ['answering', 'closed'],
    },
  },
  waking: {
    number: 14,
    step: waitForServer,
    hasSaidAll: true,
    phase: PHASE.hold,
    edges: {
      settled: ['holding', 'dialling', 'closed'],
      bytes: ['holding', 'dialling', 'closed'],
      ended: ['closed'],
      overrun: ['closed'],
      deadline: ['closed'],
      cut: ['closed'],
      drain: ['closed'],
    },
  },
  dialling: {
    number: 7,
    step: watchDial,
    hasSaidAll: true,
    phase: PHASE.connect,
    edges: {
      dialled: ['relaying', 'parleying'],
      ended: ['closed'],
      'dial-failed': ['answering', 'closed'],
      deadline: ['answering', 'closed'],
      cut: ['answering', 'closed'],
      drain: ['answering', 'closed'],
    },
  },
  parleying: {
    number: 13,
    step: parley,
    hasSaidAll: true,
    phase: PHASE.login,
    edges: {
      bytes: ['closed'],
      'server-bytes': ['relaying', 'closed'],
      ended: ['closed'],
      'server-ended': ['closed'],
      deadline: ['closed'],
      cut: ['closed'],
      drain: ['closed'],
    },
  },
  relaying: {
    number: 8,
    step: stay,
    hasSaidAll: true,
    phase: PHASE.relay,
    edges: {
      cut: ['closed'],
    },
  },
  answering: {
    number: 9,
    step: readPing,
    hasSaidAll: true,
    phase: PHASE.answer,
    edges: {
      bytes: ['closed'],
      ended: ['closed'],
      deadline: ['closed'],
      cut: ['closed'],
    },
  },
  closed: {
    number: 10,
    step: stay,
    hasSaidAll: true,
    phase: undefined,
    edges: {},
  },
}

/** What the driver knows of a state. */
export interface StateRow<Name extends StateName> {
  /** Its own, below 32: see `leadsTo`. */
  readonly number: number
  step(turn: Turn, state: StateOf<Name>, input: StepInput): Next
  /** Whether it is known what the client wants, and who asks; until then it may be a mute socket. */
  readonly hasSaidAll: boolean
  /** In which phase (`PHASE`) of the access record the time in this state is counted. */
  readonly phase: number | undefined
  /** Where each input may lead. */
  readonly edges: Edges
}

export type Edges = { readonly [Kind in ConnectionInput['kind']]?: readonly StateName[] }

/** The same as `STATES[name]`, at a tenth of its cost (`pnpm bench`): this is asked at each step of each connection. */
export function rowOf(name: StateName): StateRow<StateName> {
  switch (name) {
    case 'accepted':
      return STATES.accepted
    case 'proxy-header':
      return STATES['proxy-header']
    case 'handshake':
      return STATES.handshake
    case 'refusing':
      return STATES.refusing
    case 'status-request':
      return STATES['status-request']
    case 'login-start':
      return STATES['login-start']
    case 'encrypting':
      return STATES.encrypting
    case 'authenticating':
      return STATES.authenticating
    case 'holding':
      return STATES.holding
    case 'waking':
      return STATES.waking
    case 'dialling':
      return STATES.dialling
    case 'parleying':
      return STATES.parleying
    case 'relaying':
      return STATES.relaying
    case 'answering':
      return STATES.answering
    case 'closed':
      return STATES.closed
  }
}

/** Whether an input of this kind may lead from one state to the other; the edges as bits, for the same reason. */
export function leadsTo(from: AnyRow, kind: ConnectionInput['kind'], to: AnyRow): boolean {
  return ((BITS[from.number]?.[inputNumber(kind)] ?? 0) & (1 << to.number)) !== 0
}

type AnyRow = StateRow<StateName>

/** By the number of the state, then of the input: one bit for each state that it may lead to. */
const BITS: number[][] = []
for (const { number, edges } of Object.values(STATES)) {
  const ofState: number[] = []
  for (const kind of INPUT_KINDS) {
    const targets = edges[kind] ?? []
    ofState[inputNumber(kind)] = targets.reduce((bits, to) => bits | (1 << STATES[to].number), 0)
  }
  BITS[number] = ofState
}

/** Whatever still comes changes nothing; `finished` and what comes from outside are seen to before any step. */
function stay(): undefined {
  return undefined
}
