import {
  encodeLoginDisconnect,
  encodeLoginPluginRequest,
  encodeLoginPluginResponse,
  encodeLoginSuccess,
  encodePacket,
  encodeSetCompression,
  encodeVelocityRequest,
} from '@infrarust/minecraft'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JoinAnswer } from '../../src/auth/session-server.ts'
import { STATES } from '../../src/connection/states.ts'
import type { Policy } from '../../src/entries/policy.ts'
import { readTable } from '../../src/entries/provider.ts'
import { managerKeys } from '../../src/entries/server-power.ts'
import { BUILT_IN_MESSAGES } from '../../src/messages/built-in-messages.ts'
import type { Endpoints } from '../../src/names/backend-names.ts'
import type { Route } from '../../src/router/routing-table.ts'
import type { StatusDecision } from '../../src/status/status-source.ts'
import { listenerConfig, serverTo, tableOf } from '../gateway/fixtures.ts'
import { encryptionResponse, hmac, loginsOf, NOTCH, SimulatedAuthentication } from './login-kit.ts'
import {
  handshake,
  header,
  hex,
  LOCAL_HEADER,
  legacyLogin,
  loginStart,
  PING,
  ping16,
  STATUS_REQUEST,
} from './packets.ts'
import { PEER, type SimulatedClient, Simulation } from './simulation.ts'
import { Waiting } from './waiting.ts'

const PIECES = [
  header(),
  LOCAL_HEADER,
  handshake('a.example.com'),
  handshake('a.example.com', 'status'),
  handshake('nowhere.example', 'status'),
  handshake('nowhere.example'),
  loginStart(),
  STATUS_REQUEST,
  PING,
  hex('fe'),
  hex('fe01'),
  ping16('a.example.com'),
  legacyLogin('Steve', 'a.example.com'),
  hex('47'),
]

/** What a backend says in a login, and what else it could. */
const SERVER_PIECES = [
  encodeSetCompression(256),
  encodeVelocityRequest(1),
  encodeLoginPluginRequest({ messageId: 2, channel: 'a:b', data: Buffer.alloc(3) }),
  encodeLoginSuccess(NOTCH, 767),
  encodeLoginDisconnect('no'),
  encodePacket(1),
  hex('05'),
  hex('ffffffff'),
]

const JOIN_ANSWERS: readonly JoinAnswer[] = [
  { kind: 'joined', profile: NOTCH },
  { kind: 'not-joined' },
  { kind: 'unavailable', detail: 'gone' },
]

/** Random pieces seldom make a whole conversation, so half of the runs begin with one. */
const OPENINGS: readonly (readonly Uint8Array[])[] = [
  [],
  [handshake('a.example.com'), loginStart()],
  [handshake('a.example.com', 'status'), STATUS_REQUEST],
  [header(), handshake('a.example.com'), loginStart()],
  [header(), handshake('a.example.com', 'status'), STATUS_REQUEST],
  [handshake('a.example.com', 'status')],
  [handshake('a.example.com')],
  [hex('fe')],
  [hex('fe01')],
]

/** The same for a login, whose steps have to come in their order. */
const LEADS = [[], [], ['encrypt'], ['encrypt', 'join'], ['encrypt', 'join', 'dialled']] as const

/** What players of a server that sleeps begin with, and what comes then. */
const SLEEPY_OPENINGS = [[handshake('a.example.com'), loginStart()], [legacyLogin('Steve', 'a.example.com')]]
const SLEEPY_LEADS = [
  [],
  ['overrun'],
  ['up'],
  ['encrypt', 'join'],
  ['beat', 'up', 'answer'],
  ['beat', 'up', 'settled', 'answer'],
] as const

const common = {
  proxyMode: fc.constantFrom('passthrough', 'passthrough', 'client_only', 'client_only', 'offline'),
  forwarding: fc.constantFrom('none', 'velocity'),
  joinAnswer: fc.constantFrom(0, 0, 0, 1, 2),
  mode: fc.constantFrom('off', 'required', 'optional'),
  isTrusted: fc.boolean(),
  refusedIn: fc.constantFrom(undefined, undefined, undefined, 'admitClient', 'admitIntent', 'admitPlayer', 'recheck'),
  isReady: fc.boolean(),
  areNamesKnown: fc.boolean(),
  status: fc.constantFrom('answer', 'relay', 'pending', 'down'),
  isDefault: fc.boolean(),
  isSilent: fc.constantFrom(false, false, true),
} as const

const surroundings = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      ...common,
      lead: fc.constantFrom<Lead>(...LEADS),
      opening: fc.constantFrom<(readonly Uint8Array[])[]>([], ...OPENINGS),
      isAsleep: fc.constant<boolean>(false),
      failsToWake: fc.constant<boolean>(false),
    } as const),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      ...common,
      mode: fc.constant('off'),
      lead: fc.constantFrom<Lead>(...SLEEPY_LEADS),
      opening: fc.constantFrom<(readonly Uint8Array[])[]>(...SLEEPY_OPENINGS),
      isAsleep: fc.constant<boolean>(true),
      failsToWake: fc.constantFrom<boolean[]>(false, false, true),
    } as const),
  },
)

type Lead = (typeof LEADS)[number] | (typeof SLEEPY_LEADS)[number]

/** Where nothing keeps a player from a login, so that what comes after its lead finds it on its way. */
const inALogin = surroundings.map(
  (given): Surroundings => ({
    ...given,
    opening: [handshake('a.example.com'), loginStart()],
    proxyMode: given.proxyMode === 'passthrough' ? 'client_only' : given.proxyMode,
    joinAnswer: 0,
    mode: 'off',
    refusedIn: undefined,
    isReady: true,
    areNamesKnown: true,
    isAsleep: false,
  }),
)

const event = fc.record({
  kind: fc.constantFrom('fin', 'reset', 'cut', 'drain', 'settled', 'dialled', 'dial-failed', 'overrun', 'outdated'),
} as const)

const action = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('send'), piece: fc.nat(PIECES.length - 1) } as const) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('server'), piece: fc.nat(SERVER_PIECES.length - 1) } as const),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom('encrypt', 'join', 'dialled', 'server-fin', 'beat', 'up', 'answer'),
    } as const),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('noise'), bytes: fc.uint8Array({ maxLength: 40 }) } as const) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('advance'), ms: fc.constantFrom(1, 300, 1_000, 5_000, 26_000) } as const),
  },
  { weight: 4, arbitrary: event },
)

/** Half of the time an event comes first, so that it meets the state that the lead has led to. */
const actions = fc
  .tuple(fc.option(event, { freq: 1 }), fc.array(action, { maxLength: 16 }))
  .map(([first, rest]) => (first === null ? rest : [first, ...rest]))

type Surroundings = typeof surroundings extends fc.Arbitrary<infer Value> ? Value : never
type Action = typeof action extends fc.Arbitrary<infer Value> ? Value : never

function simulate(given: Surroundings): {
  simulation: Simulation
  settle: () => void
  join: () => void
  up: () => void
} {
  const a = serverTo('a', ['a.example.com'], 1, {
    isDefault: given.isDefault,
    proxyMode: given.proxyMode,
    serverManager: given.isAsleep ? readTable(managerKeys, { type: 'local' }).value : undefined,
  })
  let isUp = !given.isAsleep
  const power = new Waiting()
  const sight = { phase: 'starting', elapsedMs: 1, etaMs: 2, waiting: 1 } as const
  const authentication = new SimulatedAuthentication()
  let isSettled = false
  const waiting = new Waiting()
  const table = tableOf([a])
  const policy: Policy =
    given.refusedIn === undefined
      ? { name: 'none' }
      : { name: 'refusing', [given.refusedIn]: () => ({ reason: 'filtered' }) }
  const statusDecision = (): StatusDecision => {
    if (given.status === 'answer' || (given.status === 'pending' && isSettled)) return { kind: 'answer', json: '{}' }
    return given.status === 'pending' ? { kind: 'pending', done: waiting } : { kind: given.status }
  }
  const simulation = new Simulation({
    listener: listenerConfig({
      mode: given.mode,
      trusted: given.isTrusted ? [{ family: 'ipv4', address: PEER.address, prefix: 32 }] : [],
    }),
    servers: [a],
    policies: [policy],
    changes: {
      statuses: { ask: statusDecision },
      managed: {
        sight: () => (isUp ? { ...sight, phase: 'online' } : sight),
        join: () => {
          if (!isUp) return { kind: 'wait', done: power, abandon: () => undefined }
          return given.isAsleep && given.failsToWake
            ? { kind: 'refused', reason: 'wake_failed', sight }
            : { kind: 'up' }
        },
      },
      logins: loginsOf({
        authentication,
        forwarding: given.forwarding === 'none' ? { kind: 'none' } : { kind: 'velocity', hmac },
      }),
      messages: { ...BUILT_IN_MESSAGES, isSilent: () => given.isSilent },
    },
    surroundings: {
      routes: {
        route: (domain: string | undefined): Route =>
          given.isReady || isSettled ? table.route(domain) : { kind: 'not-ready' },
        nextTable: () => waiting,
      },
      endpoints: {
        of: (): Endpoints =>
          given.areNamesKnown || isSettled
            ? { kind: 'ready', endpoints: [{ host: '10.0.0.1', address: '10.0.0.1', port: 1 }] }
            : { kind: 'pending', done: waiting },
      },
    },
  })
  return {
    simulation,
    join: () => {
      const answer = JOIN_ANSWERS[given.joinAnswer]
      if (answer !== undefined) authentication.answer(answer)
    },
    up: () => {
      isUp = true
      power.settle()
    },
    settle: () => {
      isSettled = true
      waiting.settle()
    },
  }
}

function act(
  { simulation, settle, join, up }: ReturnType<typeof simulate>,
  client: SimulatedClient,
  { kind, ...rest }: Action,
): void {
  if (client.isFinished) return
  const at = simulation.now
  const decision = client.decision?.seq ?? 0
  switch (kind) {
    case 'send':
      if ('piece' in rest) client.send(PIECES[rest.piece] ?? PING)
      return
    case 'server':
      if ('piece' in rest) client.serverSends(SERVER_PIECES[rest.piece] ?? PING)
      return
    case 'server-fin':
      client.serverEnds()
      return
    case 'encrypt':
      if (simulation.gateway.live()[0]?.state === 'encrypting') client.send(encryptionResponse(client.received))
      return
    case 'join':
      join()
      return
    case 'beat':
      if (simulation.gateway.live()[0]?.state === 'waking') simulation.advance(10_000)
      return
    case 'up':
      up()
      return
    case 'answer':
      client.send(encodeLoginPluginResponse({ messageId: 1, data: undefined }))
      return
    case 'noise':
      if ('bytes' in rest) client.send(rest.bytes)
      return
    case 'advance':
      if ('ms' in rest) simulation.advance(rest.ms)
      return
    case 'fin':
    case 'reset':
      client.end(kind)
      return
    case 'cut':
      simulation.gateway.cut({ kind: 'connection', id: client.id }, { reason: 'kicked' })
      return
    case 'drain':
      simulation.gateway.drain()
      return
    case 'settled':
      settle()
      return
    case 'dialled':
      if (client.decision?.kind === 'relay' && client.deadlineAt < Infinity) client.dialled()
      return
    case 'dial-failed':
      if (client.decision?.kind === 'relay' && client.deadlineAt < Infinity) client.dialFailed()
      return
    case 'overrun':
      if (client.decision?.kind === 'hold') client.feed({ kind: 'overrun', at, decision })
      return
    case 'outdated':
      client.feed({ kind: 'deadline', at, decision: decision - 1 })
  }
}

describe('the states of a connection', () => {
  it('change along every edge of the table and no other, whatever comes, and always end in one record', {
    timeout: 300_000,
  }, () => {
    const all = Object.entries(STATES).flatMap(([name, { edges }]) =>
      Object.entries(edges).flatMap(([input, targets]) => targets.map((to) => `${name} → ${to} (${input})`)),
    )
    const taken = new Set<string>()
    // Some edges are rare. What is wrong shows in any run; that each is taken may need a few.
    for (let round = 0; round < 200 && taken.size < all.length; round++) takeRandomWays(taken)
    expect([...taken].sort()).toEqual(all.sort())
  })

  it('come to the same however the bytes are cut', { timeout: 120_000 }, () => {
    const pieces = fc.array(fc.oneof(fc.constantFrom(...PIECES), fc.uint8Array({ maxLength: 20 })), { maxLength: 4 })
    fc.assert(
      fc.property(surroundings, pieces, fc.array(fc.nat(200), { maxLength: 5 }), (given, after, cuts) => {
        const bytes = Buffer.concat([...given.opening, ...after])
        const whole = outcome(given, [bytes])
        const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)
        const parts = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))
        expect(outcome(given, parts)).toEqual(whole)
        expect(
          outcome(
            given,
            Array.from(bytes, (byte) => Uint8Array.of(byte)),
          ),
        ).toEqual(whole)
      }),
      { numRuns: 1_000, endOnFailure: true },
    )
  })
})

/** Lets random connections live, and notes the edges that they take. */
function takeRandomWays(taken: Set<string>): void {
  fc.assert(
    fc.property(fc.oneof(surroundings, inALogin), actions, (given, acts) => {
      const simulated = simulate(given)
      const { simulation } = simulated
      simulation.gateway.trace(({ from, input, visited }) => {
        visited.forEach((to, index) => void taken.add(`${visited[index - 1] ?? from} → ${to} (${input.kind})`))
      })
      const client = simulation.accept()
      if (!client.isFinished) client.send(...given.opening)
      for (const kind of given.lead) act(simulated, client, { kind })
      for (const each of acts) act(simulated, client, each)
      client.finish({ by: 'client', how: 'fin' })
      expect(simulation.records).toHaveLength(1)
      // An edge that is not in the table, or anything that throws, would be told here.
      expect(simulation.notices.filter(({ level }) => level === 'error')).toEqual([])
      expect(simulation.records[0]?.reason).not.toBe('internal')
    }),
    { numRuns: 3_000 },
  )
}

/** All that a client, a backend and the log can see, but for the moment at which a fault showed, and how it looked then. */
function outcome(given: Surroundings, parts: readonly Uint8Array[]): object {
  const { simulation } = simulate(given)
  const client = simulation.accept()
  for (const part of parts) if (!client.isFinished) client.send(part)
  const kind = client.decision?.kind
  const head = kind === 'relay' ? client.head().length : undefined
  const received = client.received.toString('hex')
  simulation.advance(60_000)
  client.finish({ by: 'client', how: 'fin' })
  const { bytes_in, ms, detail, ...record } = client.record ?? simulation.records[0] ?? { bytes_in: 0, ms: 0 }
  return { kind, received, isDialled: head !== undefined, record }
}
