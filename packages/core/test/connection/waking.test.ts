import {
  decodeLoginPluginRequest,
  encodeLoginPluginResponse,
  encodeLoginStart,
  encodeLoginSuccess,
} from '@infrarust/minecraft'
import { describe, expect, it } from 'vitest'
import type { StateName } from '../../src/connection/state.ts'
import type { Policy } from '../../src/entries/policy.ts'
import { readTable } from '../../src/entries/provider.ts'
import { type JoinAnswer, type JoiningLogin, managerKeys, type ServerSight } from '../../src/entries/server-power.ts'
import type { ProxyMode, Server } from '../../src/server/server.ts'
import { Slots } from '../../src/slots/slots.ts'
import { listenerConfig, serverTo } from '../gateway/fixtures.ts'
import { encryptionResponse, loginsOf, NOTCH, SimulatedAuthentication } from './login-kit.ts'
import { handshake, jsonIn, legacyLogin, STATUS_REQUEST } from './packets.ts'
import { type SimulatedClient, Simulation } from './simulation.ts'
import { Waiting } from './waiting.ts'

/** A server `a` that sleeps until the test wakes it. */
class Sleeper {
  readonly authentication = new SimulatedAuthentication()
  readonly asked: JoiningLogin[] = []
  readonly simulation: Simulation
  sight: ServerSight = { phase: 'sleeping', elapsedMs: 5_000, etaMs: 40_000, waiting: 3 }
  answer: JoinAnswer | undefined
  abandoned = 0
  readonly #up = new Waiting()

  constructor(mode: ProxyMode = 'passthrough', server: Partial<Server> = {}, policies: readonly Policy[] = []) {
    this.simulation = new Simulation({
      listener: listenerConfig(),
      servers: [
        serverTo('a', ['a.example.com'], 1, {
          proxyMode: mode,
          serverManager: readTable(managerKeys, { type: 'local' }).value,
          ...server,
        }),
      ],
      policies: [...policies, new Slots(() => this.sight.phase !== 'online')],
      changes: {
        logins: loginsOf({ authentication: this.authentication, forwarding: { kind: 'none' } }),
        managed: {
          sight: () => this.sight,
          join: (login) => {
            this.asked.push(login)
            if (this.answer !== undefined) return this.answer
            if (this.sight.phase === 'online') return { kind: 'up' }
            return { kind: 'wait', done: this.#up, abandon: () => void this.abandoned++ }
          },
        },
      },
    })
  }

  login(name = 'Steve', protocol = 767): SimulatedClient {
    return this.simulation
      .accept()
      .send(handshake('a.example.com', 'login', protocol), encodeLoginStart(name, protocol))
  }

  wake(): void {
    this.sight = { ...this.sight, phase: 'online' }
    this.#up.settle()
  }

  states(): readonly StateName[] {
    return this.simulation.gateway.live().map(({ state }) => state)
  }
}

/** The question that was sent last. */
function lastQuestion({ received }: SimulatedClient, before: number): number {
  const decoded = decodeLoginPluginRequest(received.subarray(before))
  if (decoded.kind !== 'decoded') throw new Error('no question')
  expect(decoded.value.channel).toBe('infrarust:wait')
  return decoded.value.messageId
}

const answerTo = (messageId: number): Uint8Array => encodeLoginPluginResponse({ messageId, data: undefined })

describe('a player of a server that sleeps', () => {
  it.each([
    ['1.13', 393],
    ['1.16.5', 754],
    ['1.20.1', 763],
    ['1.21', 767],
    ['26.1', 775],
  ])('is kept through a start of 45 seconds with %s, and its backend sees none of it', (_, protocol) => {
    const sleeper = new Sleeper()
    const client = sleeper.login('Steve', protocol)
    for (let beat = 1; beat <= 4; beat++) {
      const before = client.received.length
      sleeper.simulation.advance(10_000)
      expect(lastQuestion(client, before)).toBe(beat)
      client.send(answerTo(beat))
    }
    sleeper.simulation.advance(5_000)
    sleeper.wake()
    expect(client.head()).toEqual(
      Buffer.concat([handshake('a.example.com', 'login', protocol), encodeLoginStart('Steve', protocol)]),
    )
    client.dialled()
    client.finish({ by: 'client', how: 'fin' })
    expect(client.record?.ms).toMatchObject({ hold: 45_000 })
  })
  it('is dialled for when the last question is answered, so that no backend gets that answer', () => {
    const sleeper = new Sleeper()
    const client = sleeper.login()
    sleeper.simulation.advance(10_000)
    sleeper.wake()
    expect(client.decision?.kind).toBe('await')
    client.send(answerTo(1))
    expect(client.head()).toHaveLength(handshake('a.example.com').length + encodeLoginStart('Steve', 767).length)
  })
  it('that does not answer a question is let go of', () => {
    const sleeper = new Sleeper()
    const client = sleeper.login()
    sleeper.simulation.advance(20_000)
    expect(client.record?.reason).toBe('login_timeout')
    expect(sleeper.abandoned).toBe(1)
  })
  it('that leaves waits no longer', () => {
    const sleeper = new Sleeper()
    const client = sleeper.login()
    client.end('fin')
    expect(client.record?.reason).toBe('client_closed')
    expect(sleeper.abandoned).toBe(1)
  })
  it('cannot be kept before 1.13, and is told after 25 seconds when to come back', () => {
    const sleeper = new Sleeper()
    const client = sleeper.login('Steve', 340)
    expect(sleeper.asked[0]?.canWait).toBe(false)
    sleeper.simulation.advance(25_000)
    expect(JSON.stringify(jsonIn(client.received))).toContain(
      'a is starting. Try again in a moment.\\nCome back in about 40 seconds.',
    )
    expect(client.record?.reason).toBe('starting')
  })
  it('of before 1.7 waits as long, and is dialled for', () => {
    const sleeper = new Sleeper()
    const client = sleeper.simulation.accept().send(legacyLogin('Steve', 'a.example.com'))
    sleeper.simulation.advance(20_000)
    sleeper.wake()
    expect(client.head()).toEqual(legacyLogin('Steve', 'a.example.com'))
  })
  it('is kept after authentication, enciphered, and not before it', () => {
    const sleeper = new Sleeper('client_only')
    const client = sleeper.login('Notch')
    expect(sleeper.asked).toEqual([])
    client.send(encryptionResponse(client.received))
    sleeper.authentication.answer({ kind: 'joined', profile: NOTCH })
    expect(sleeper.asked).toMatchObject([{ player: { name: 'Notch', verified: { uuid: NOTCH.uuid } } }])
    const before = client.received.length
    sleeper.simulation.advance(10_000)
    expect(lastQuestion(client, before)).toBe(1)
    expect(before).toBeGreaterThanOrEqual(client.cipher?.plainBytes ?? Number.POSITIVE_INFINITY)
    client.send(answerTo(1))
    sleeper.wake()
    expect(client.decision?.kind).toBe('relay')
    client.dialled().serverSends(encodeLoginSuccess(NOTCH, 767))
    expect(client.isRelaying).toBe(true)
  })
  it('is kept in offline mode, too, where nothing else may be said meanwhile', () => {
    const sleeper = new Sleeper('offline')
    const client = sleeper.login()
    client.send(answerTo(7))
    expect(client.record).toMatchObject({
      reason: 'bad_handshake',
      detail: 'a packet that nobody has asked for: login-plugin-response',
    })
  })
  it('has what it says meanwhile passed on to a backend that reads it itself', () => {
    const sleeper = new Sleeper()
    const client = sleeper.login()
    client.send(answerTo(77))
    sleeper.wake()
    expect(client.head().subarray(-answerTo(77).length)).toEqual(Buffer.from(answerTo(77)))
  })
  it('finds a slot in the order of arrival, or reads that it is full', () => {
    const sleeper = new Sleeper('passthrough', { maxPlayers: 2 })
    const clients = ['A', 'B', 'C'].map((name) => sleeper.login(name))
    sleeper.wake()
    expect(clients.map(({ decision }) => decision?.kind)).toEqual(['relay', 'relay', 'respond'])
    expect(clients[2]?.record?.reason).toBe('full')
  })
  it('is asked about once more by filters and bans, and counted by no limit a second time', () => {
    const asked: string[] = []
    let isBanned = false
    const policy: Policy = {
      name: 'test',
      admitToServer: () => void asked.push('admitToServer'),
      readmit: () => void asked.push('readmit'),
      admitPlayer: () => {
        asked.push('admitPlayer')
        return isBanned ? { reason: 'banned' } : undefined
      },
    }
    const sleeper = new Sleeper('passthrough', {}, [policy])
    const client = sleeper.login()
    isBanned = true
    sleeper.wake()
    expect(asked).toEqual(['admitToServer', 'admitPlayer', 'readmit', 'admitPlayer'])
    expect(client.record?.reason).toBe('banned')
  })
  it.each([
    ['wake_failed', 'a could not be started.'],
    ['wake_refused', 'a sleeps, and you cannot wake it.'],
  ] as const)('is told why: %s', (reason, text) => {
    const sleeper = new Sleeper()
    sleeper.answer = { kind: 'refused', reason, sight: sleeper.sight }
    const client = sleeper.login()
    expect(JSON.stringify(jsonIn(client.received))).toContain(text)
    expect(client.record?.reason).toBe(reason)
  })
  it('is banned in the middle of it with a text', () => {
    const sleeper = new Sleeper()
    const client = sleeper.login()
    sleeper.simulation.gateway.cut({ kind: 'player', name: 'Steve' }, { reason: 'banned' })
    expect(JSON.stringify(jsonIn(client.received))).toContain('You are banned.')
    expect(sleeper.states()).toEqual([])
  })
})

describe('a list ping of a server that sleeps', () => {
  it.each([
    ['sleeping', 'a sleeps. Join to wake it.'],
    ['unknown', 'a sleeps. Join to wake it.'],
    ['starting', 'a is starting. Try again in a moment.'],
    ['stopping', 'a is going to sleep. Join to wake it.'],
    ['crashed', 'a could not be started.'],
  ] as const)('is answered here, with the protocol number of the client: %s', (phase, text) => {
    const sleeper = new Sleeper()
    sleeper.sight = { ...sleeper.sight, phase }
    const client = sleeper.simulation.accept().send(handshake('a.example.com', 'status', 340), STATUS_REQUEST)
    expect(client.decision?.kind).toBe('respond')
    expect(client.received.toString()).toContain(text)
    expect(client.received.toString()).toContain('"protocol":340')
    client.finish({ by: 'client', how: 'fin' })
    expect(client.record?.reason).toBe('answered')
    expect(sleeper.asked).toEqual([])
  })
  it('goes to the server that is up', () => {
    const sleeper = new Sleeper()
    sleeper.wake()
    const client = sleeper.simulation.accept().send(handshake('a.example.com', 'status'), STATUS_REQUEST)
    expect(client.decision?.kind).toBe('relay')
  })
})
