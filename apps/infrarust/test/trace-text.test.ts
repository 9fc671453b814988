import type { LiveConnection, TraceStep } from '@infrarust/core'
import { encode } from '@infrarust/proxy-protocol'
import { describe, expect, it } from 'vitest'
import { traceJson } from '../src/verbs/trace/step.ts'

const source = { address: '2001:db8::7', port: 54_321 }
const destination = { address: '2001:db8::1', port: 25_565 }
const head = encode({ command: 'PROXY', source, destination })

const connection: LiveConnection = {
  id: 7,
  number: 7,
  listener: 'main',
  state: 'relaying',
  peer: source,
  client: source,
  receivedHeader: undefined,
  intent: undefined,
  player: undefined,
  server: 'survival',
  endpoint: undefined,
  acceptedAt: 0,
  bytesIn: 20,
  bytesOut: 0,
}
const nothing = { headerFault: undefined, detail: undefined, reason: undefined, record: undefined, visited: [] }

function traced(step: Pick<TraceStep, 'input' | 'from' | 'decision'>): ReturnType<typeof traceJson> {
  return traceJson({ ...nothing, connection, ...step }, 1_000)
}

describe('a step of a trace', () => {
  // The attempts had IPv6 addresses without brackets: 2001:db8::5:25565 is an address of its own.
  it('has IPv6 addresses in brackets, wherever a port follows', () => {
    const attempt = { port: 25_565, head, connectTimeoutMs: 1_000 }
    const { attempts, text } = traced({
      input: { kind: 'settled', at: 1, wait: 1 },
      from: 'holding',
      decision: {
        kind: 'relay',
        seq: 1,
        consumed: 0,
        attempts: [
          { ...attempt, address: '2001:db8::5' },
          { ...attempt, address: '192.0.2.5' },
        ],
        deadlineAt: 5_000,
        replayLimitBytes: 0,
        idleMs: 0,
        halfClosedIdleMs: 0,
      },
    })
    expect(attempts).toEqual(['[2001:db8::5]:25565', '192.0.2.5:25565'])
    expect(text).toContain('dials [2001:db8::5]:25565, 192.0.2.5:25565')
    expect(text).toContain('[2001:db8::7]:54321 → [2001:db8::1]:25565')
  })

  it('says that a session server is asked, and names who it is once that has said so', () => {
    const hold = {
      kind: 'hold',
      seq: 3,
      consumed: 263,
      deadlineAt: 9,
      maxBytes: 64,
      cipher: new Uint8Array(16),
    } as const
    const asked = traceJson(
      {
        ...nothing,
        connection: { ...connection, state: 'authenticating' },
        input: { kind: 'bytes', at: 1, bytes: new Uint8Array(263) },
        from: 'encrypting',
        decision: hold,
      },
      1_000,
    )
    expect(asked.text).toContain('asks the session server who that is')
    expect(JSON.stringify(asked)).not.toContain('cipher')
    const verified = { uuid: '069a79f4-44e9-4726-a5be-fca90e38aaf5', claimedName: 'notch', properties: [] }
    const named = traceJson(
      {
        ...nothing,
        connection: { ...connection, state: 'dialling', player: { name: 'Notch', claimedUuid: undefined, verified } },
        input: { kind: 'settled', at: 1, wait: 1 },
        from: 'authenticating',
        decision: undefined,
      },
      1_000,
    )
    expect(named.text).toContain('Notch')
  })

  it('names the peer with its port', () => {
    const { text } = traced({
      input: { kind: 'accepted', at: 0, listener: 'main', peer: source, local: destination },
      from: 'accepted',
      decision: undefined,
    })
    expect(text).toContain('from peer [2001:db8::7]:54321')
  })

  it('says what a parley passes on', () => {
    const parley = { kind: 'parley', seq: 2, consumed: 0, consumedFromServer: 4, deadlineAt: 5_000 } as const
    const bounds = { maxBytes: 64, maxServerBytes: 64 }
    const input = { kind: 'server-bytes', at: 1, bytes: new Uint8Array(4) } as const
    const said = { toClient: new Uint8Array(40), toServer: new Uint8Array(7) }
    const last = traced({ input, from: 'dialling', decision: { ...parley, ...bounds, ...said, then: 'pump' } })
    expect(last.text).toContain('4 bytes of the server')
    expect(last.text).toContain('sends 40 bytes to the client, sends 7 bytes to the server, relays')
    const nothing = { toClient: new Uint8Array(0), toServer: new Uint8Array(0) }
    const first = traced({ input, from: 'dialling', decision: { ...parley, ...bounds, ...nothing, then: 'parley' } })
    expect(first.text).toContain('reads the login')
  })
})
