import { encodeLoginSuccess } from '@infrarust/minecraft'
import { describe, expect, it } from 'vitest'
import type { StateName } from '../../src/connection/state.ts'
import { readTable } from '../../src/entries/provider.ts'
import { managerKeys } from '../../src/entries/server-power.ts'
import { Gateway } from '../../src/gateway/gateway.ts'
import type { Endpoints } from '../../src/names/backend-names.ts'
import type { AccessRecord } from '../../src/record/access-record.ts'
import type { Decision, TransportInput } from '../../src/transport/contract.ts'
import { listenerConfig, serverTo, settings } from '../gateway/fixtures.ts'
import { encryptionResponse, loginsOf, NOTCH, SimulatedAuthentication } from './login-kit.ts'
import { handshake, header, loginStart, STATUS_REQUEST } from './packets.ts'
import { LOCAL, PEER } from './simulation.ts'
import { Waiting } from './waiting.ts'

/** One connection, fed by hand, with what a transport would never send in this order. */
class Crossing {
  readonly records: AccessRecord[] = []
  readonly errors: string[] = []
  readonly decisions: Decision[] = []
  areNamesKnown = true
  isRefusing = false
  readonly #waiting = new Waiting()
  readonly #authentication = new SimulatedAuthentication()
  readonly #gateway: Gateway

  constructor() {
    const { gatewayOptions } = settings({
      listener: listenerConfig({ mode: 'required' }),
      servers: [
        serverTo('a', ['a.example.com'], 1),
        serverTo('c', ['c.example.com'], 1, { proxyMode: 'client_only' }),
        serverTo('o', ['o.example.com'], 1, { proxyMode: 'offline' }),
        serverTo('s', ['s.example.com'], 1, { serverManager: readTable(managerKeys, { type: 'local' }).value }),
      ],
      policies: [{ name: 'test', admitClient: () => (this.isRefusing ? { reason: 'filtered' } : undefined) }],
    })
    const ready: Endpoints = { kind: 'ready', endpoints: [{ host: '10.0.0.1', address: '10.0.0.1', port: 1 }] }
    this.#gateway = new Gateway({
      ...gatewayOptions,
      settings: {
        ...gatewayOptions.settings,
        logins: loginsOf({ authentication: this.#authentication }),
        managed: {
          sight: () => undefined,
          join: () => ({ kind: 'wait', done: this.#waiting, abandon: () => undefined }),
        },
      },
      endpoints: { of: () => (this.areNamesKnown ? ready : { kind: 'pending', done: this.#waiting }) },
      record: (record) => this.records.push(record),
      notice: ({ level, message }) => {
        if (level === 'error') this.errors.push(message)
      },
    })
    this.#gateway.attach({
      now: () => 1,
      decide: (_, decision) => this.decisions.push(decision),
      counters: () => undefined,
    })
    this.feed({ kind: 'accepted', at: 0, listener: 'main', peer: PEER, local: LOCAL })
  }

  feed(input: TransportInput): void {
    const decision = this.#gateway.input(1, input)
    if (decision !== undefined) this.decisions.push(decision)
  }

  bytes(...parts: readonly Uint8Array[]): void {
    this.feed({ kind: 'bytes', at: 1, bytes: Buffer.concat(parts) })
  }

  get seq(): number {
    return this.decisions.at(-1)?.seq ?? 0
  }

  get state(): StateName | undefined {
    return this.#gateway.live()[0]?.state
  }

  cut(): void {
    this.#gateway.cut({ kind: 'connection', id: 1 }, { reason: 'banned' })
  }

  /** What was answered last, without the decision that it was. */
  get answered(): Uint8Array {
    const last = this.decisions.at(-1)
    return last?.kind === 'respond' ? last.bytes : new Uint8Array(0)
  }

  settle(): void {
    this.#waiting.settle()
    this.#authentication.answer({ kind: 'not-joined' })
  }

  drain(): void {
    this.#gateway.drain()
  }
}

const WAYS: Record<Exclude<StateName, 'accepted'>, (crossing: Crossing) => void> = {
  'proxy-header': () => undefined,
  handshake: (crossing) => crossing.bytes(header()),
  refusing: (crossing) => {
    crossing.isRefusing = true
    crossing.bytes(header())
  },
  'status-request': (crossing) => crossing.bytes(header(), handshake('a.example.com', 'status')),
  'login-start': (crossing) => crossing.bytes(header(), handshake('a.example.com')),
  holding: (crossing) => {
    crossing.areNamesKnown = false
    crossing.bytes(header(), handshake('a.example.com'), loginStart())
  },
  encrypting: (crossing) => crossing.bytes(header(), handshake('c.example.com'), loginStart()),
  authenticating: (crossing) => {
    crossing.bytes(header(), handshake('c.example.com'), loginStart())
    crossing.bytes(encryptionResponse(crossing.answered))
  },
  parleying: (crossing) => {
    crossing.bytes(header(), handshake('o.example.com'), loginStart())
    crossing.feed({ kind: 'dialled', at: 1, decision: crossing.seq, attempt: 0, connectMs: 1, failures: [] })
  },
  waking: (crossing) => crossing.bytes(header(), handshake('s.example.com'), loginStart()),
  dialling: (crossing) => crossing.bytes(header(), handshake('a.example.com'), loginStart()),
  relaying: (crossing) => {
    crossing.bytes(header(), handshake('a.example.com'), loginStart())
    crossing.feed({ kind: 'dialled', at: 1, decision: crossing.seq, attempt: 0, connectMs: 1, failures: [] })
  },
  answering: (crossing) => crossing.bytes(header(), handshake('b.example.com', 'status'), STATUS_REQUEST),
  closed: (crossing) => crossing.cut(),
}

/** `seq` is that of the moment at which both events were under way. */
const EVENTS: Record<string, (crossing: Crossing, seq: number) => void> = {
  cut: (crossing) => crossing.cut(),
  drain: (crossing) => crossing.drain(),
  fin: (crossing) => crossing.feed({ kind: 'ended', at: 2, how: 'fin' }),
  reset: (crossing) => crossing.feed({ kind: 'ended', at: 2, how: 'reset' }),
  deadline: (crossing, decision) => crossing.feed({ kind: 'deadline', at: 2, decision }),
  settled: (crossing) => crossing.settle(),
  dialled: (crossing, decision) =>
    crossing.feed({ kind: 'dialled', at: 2, decision, attempt: 0, connectMs: 1, failures: [] }),
  'dial-failed': (crossing, decision) => crossing.feed({ kind: 'dial-failed', at: 2, decision, failures: [] }),
  overrun: (crossing, decision) => crossing.feed({ kind: 'overrun', at: 2, decision }),
  bytes: (crossing) => crossing.bytes(Uint8Array.of(1)),
  'server-bytes': (crossing) => crossing.feed({ kind: 'server-bytes', at: 2, bytes: encodeLoginSuccess(NOTCH, 767) }),
  'server-ended': (crossing) => crossing.feed({ kind: 'server-ended', at: 2, how: 'fin' }),
  finished: (crossing) =>
    crossing.feed({ kind: 'finished', at: 2, bytesIn: 0, bytesOut: 0, end: { by: 'client', how: 'fin' } }),
}

describe.each(Object.entries(WAYS))('two events that cross in the state %s', (name, enter) => {
  const pairs = Object.keys(EVENTS).flatMap((first) => Object.keys(EVENTS).map((second) => [first, second] as const))

  it('leave one record with one reason, and nothing is decided after the end', { timeout: 60_000 }, () => {
    for (const [first, second] of pairs) {
      const crossing = new Crossing()
      enter(crossing)
      expect(crossing.state).toBe(name)
      const { seq } = crossing
      EVENTS[first]?.(crossing, seq)
      const wasClosed = crossing.state === 'closed' || crossing.records.length > 0
      const decided = crossing.decisions.length
      EVENTS[second]?.(crossing, seq)
      if (wasClosed) expect(crossing.decisions.length, `${first}, ${second}`).toBe(decided)
      EVENTS.finished?.(crossing, seq)
      expect(crossing.records, `${first}, ${second}`).toHaveLength(1)
      expect(crossing.errors).toEqual([])
      expect(crossing.records[0]?.reason).not.toBe('internal')
      const numbers = crossing.decisions.map((decision) => decision.seq)
      expect(numbers).toEqual(numbers.map((_, index) => index + 1))
    }
  })

  it('do no harm when the second answers a decision that is gone', () => {
    for (const outdated of ['deadline', 'dialled', 'dial-failed', 'overrun']) {
      const crossing = new Crossing()
      enter(crossing)
      const { state, decisions } = crossing
      const count = decisions.length
      EVENTS[outdated]?.(crossing, crossing.seq - 1)
      expect(crossing.state).toBe(state)
      expect(crossing.decisions).toHaveLength(count)
    }
  })
})

describe('a cut', () => {
  it.each([
    'status-request',
    'login-start',
    'encrypting',
    'authenticating',
    'holding',
    'dialling',
    'parleying',
    'handshake',
  ] as const)('in the state %s is answered with its text', (name) => {
    const crossing = new Crossing()
    WAYS[name](crossing)
    crossing.cut()
    if (name === 'handshake') crossing.bytes(handshake('a.example.com'))
    if (name === 'status-request') crossing.bytes(STATUS_REQUEST)
    const last = crossing.decisions.at(-1)
    expect(last?.kind).toBe('respond')
    if (last?.kind === 'respond') expect(Buffer.from(last.bytes).toString()).toContain('You are banned.')
  })

  it.each(['proxy-header', 'relaying', 'answering'] as const)('in the state %s says nothing', (name) => {
    const crossing = new Crossing()
    WAYS[name](crossing)
    crossing.cut()
    expect(crossing.decisions.at(-1)?.kind).toBe('close')
    EVENTS.finished?.(crossing, 0)
    expect(crossing.records[0]?.reason).toBe(name === 'answering' ? 'unknown_domain' : 'banned')
  })
})

describe('a drain', () => {
  it('lets a relay go on', () => {
    const crossing = new Crossing()
    WAYS.relaying(crossing)
    crossing.drain()
    expect(crossing.state).toBe('relaying')
  })

  it.each([
    'proxy-header',
    'handshake',
    'status-request',
    'login-start',
    'encrypting',
    'authenticating',
    'holding',
    'dialling',
    'parleying',
  ] as const)('ends what is in the state %s', (name) => {
    const crossing = new Crossing()
    WAYS[name](crossing)
    crossing.drain()
    EVENTS.finished?.(crossing, 0)
    expect(crossing.records[0]?.reason).toBe('shutdown')
  })
})
