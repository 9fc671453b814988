import { describe, expect, it } from 'vitest'
import type { Policy } from '../../src/entries/policy.ts'
import { configuredMessages, readGateway } from '../../src/index.ts'
import { BUILT_IN_MESSAGES } from '../../src/messages/built-in-messages.ts'
import type { Messages } from '../../src/messages/messages.ts'
import type { ClientFacts, Refusal } from '../../src/policy/facts.ts'
import {
  handshake,
  header,
  hex,
  jsonIn,
  LOCAL_HEADER,
  legacyLogin,
  legacyText,
  loginStart,
  PLAYER,
  ping16,
  STATUS_REQUEST,
} from '../connection/packets.ts'
import { PEER, Simulation } from '../connection/simulation.ts'
import { listenerConfig, serverTo } from '../gateway/fixtures.ts'

const LOGIN = Buffer.concat([handshake('a.example.com'), loginStart()])
const STATUS = Buffer.concat([handshake('a.example.com', 'status'), STATUS_REQUEST])
const NO_TEXT = { kick: undefined, status: undefined, isSilent: undefined }
const FILTERED: Refusal = { reason: 'filtered' }

function simulate(policies: readonly Policy[], messages: Messages = BUILT_IN_MESSAGES): Simulation {
  return new Simulation({
    listener: listenerConfig({ mode: 'optional', trusted: [{ family: 'ipv4', address: PEER.address, prefix: 32 }] }),
    servers: [serverTo('a', ['a.example.com'], 1)],
    policies,
    changes: { messages },
  })
}

describe('a policy', () => {
  it('is asked at each stage about the client, never about the peer', () => {
    const asked: string[] = []
    const note = (stage: string) => (facts: ClientFacts) => {
      expect(facts).toMatchObject({ client: PLAYER, peer: PEER, isHealthCheck: false })
      asked.push(stage)
      return undefined
    }
    const policy: Policy = {
      name: 'test',
      admitClient: note('client'),
      admitIntent: note('intent'),
      admitToServer: note('server'),
      admitPlayer: note('player'),
      recheck: note('recheck'),
      released: (facts) => void note('released')(facts),
    }
    simulate([policy]).accept().trickle(header(), LOGIN).dialled().finish({ by: 'client', how: 'fin' })
    expect(asked).toEqual(['client', 'intent', 'server', 'player', 'recheck', 'released'])
  })

  it.each(['admitClient', 'admitIntent', 'admitToServer', 'admitPlayer', 'recheck'] as const)(
    'refuses a login in %s, and nothing is dialled',
    (stage) => {
      for (const way of ['send', 'trickle'] as const) {
        const client = simulate([{ name: 'test', [stage]: () => FILTERED }])
          .accept()
          [way](header(), LOGIN)
        expect(jsonIn(client.received)).toBe('You may not connect from this address.')
        expect(client.record).toMatchObject({ reason: 'filtered', client: PLAYER.address, domain: 'a.example.com' })
        expect(client.record?.endpoint).toBeUndefined()
      }
    },
  )

  it.each(['admitClient', 'admitIntent', 'admitToServer', 'recheck'] as const)(
    'refuses every other kind of client in %s',
    (stage) => {
      const policies = [{ name: 'test', [stage]: () => FILTERED }]
      const text = 'You may not connect from this address.'
      const status = simulate(policies).accept().trickle(STATUS)
      expect(jsonIn(status.received)).toMatchObject({ description: text, version: { protocol: 767 } })
      expect(legacyText(simulate(policies).accept().send(ping16('a.example.com')).received)).toContain(text)
      expect(legacyText(simulate(policies).accept().send(legacyLogin('Steve', 'a.example.com')).received)).toBe(text)
    },
  )

  it('is not asked after another has refused, but told of the end', () => {
    const asked: string[] = []
    const second: Policy = {
      name: 'second',
      admitClient: () => void asked.push('client'),
      released: (_, record) => void asked.push(record.reason),
    }
    simulate([{ name: 'first', admitClient: () => FILTERED }, second])
      .accept()
      .send(LOGIN)
    expect(asked).toEqual(['filtered'])
  })

  it('is told when another one refuses whom it has let pass, before the end', () => {
    const told: string[] = []
    const counting: Policy = {
      name: 'counting',
      refused: (_, { reason }) => void told.push(reason),
      released: () => void told.push('released'),
    }
    const byName: Policy = { name: 'by name', admitPlayer: () => ({ reason: 'banned' }) }
    simulate([counting, byName]).accept().send(LOGIN)
    expect(told).toEqual(['banned', 'released'])
  })

  it('is asked about names that lead nowhere too', () => {
    const seen: unknown[] = []
    const policy: Policy = {
      name: 'test',
      admitToServer(_, { domain }, server) {
        seen.push([domain, server?.id])
        return { reason: 'rate_limited' }
      },
    }
    const nowhere = Buffer.concat([handshake('nowhere.example.com'), loginStart()])
    expect(simulate([policy]).accept().send(nowhere).record).toMatchObject({ reason: 'rate_limited' })
    expect(seen).toEqual([['nowhere.example.com', undefined]])
  })

  it('that throws costs its connection, and no other', () => {
    let isBroken = true
    const policy: Policy = {
      name: 'broken',
      admitIntent: () => {
        if (isBroken) throw new Error('out of order')
        return undefined
      },
    }
    const simulation = simulate([policy])
    expect(simulation.accept().send(LOGIN).record).toMatchObject({ reason: 'internal' })
    expect(simulation.errors[0]).toContain('out of order')
    isBroken = false
    expect(simulation.accept().send(LOGIN).head()).toEqual(LOGIN)
  })

  it('spares a health check until a login shows that it is a player', () => {
    const seen: boolean[] = []
    const limit: Policy = {
      name: 'limit',
      admitClient: ({ isHealthCheck }) => {
        seen.push(isHealthCheck)
        return isHealthCheck ? undefined : { reason: 'rate_limited' }
      },
    }
    const simulation = simulate([limit])
    simulation.accept().send(LOCAL_HEADER, STATUS).relay
    expect(seen).toEqual([true])
    expect(simulation.accept().send(LOCAL_HEADER, LOGIN).record).toMatchObject({
      reason: 'rate_limited',
      client: PEER.address,
      proxy_command: 'LOCAL',
    })
    expect(seen).toEqual([true, true, false])
  })
})

describe('a refused client', () => {
  const refusing: Policy = {
    name: 'test',
    admitClient: () => ({ reason: 'banned', detail: 'Griefing', expiresAt: Date.UTC(2030, 0, 2, 3, 4) }),
  }

  it('reads why, and until when', () => {
    expect(jsonIn(simulate([refusing]).accept().send(LOGIN).received)).toBe(
      'You are banned.\nGriefing\nUntil 2030-01-02 03:04 UTC',
    )
  })

  it('is listened to for a second, and no longer', () => {
    for (const bytes of [Buffer.alloc(0), LOGIN.subarray(0, 4), handshake('a.example.com', 'status')]) {
      const simulation = simulate([refusing])
      const client = simulation.accept().send(header(), bytes)
      simulation.advance(1_000)
      expect(client.isFinished).toBe(true)
      expect(client.record?.reason).toBe('banned')
      expect(client.record?.ms.total).toBe(1_000)
    }
  })

  it('is closed at once and without a word where that is to be silent', () => {
    const silent: Messages = { ...BUILT_IN_MESSAGES, isSilent: (reason) => reason === 'banned' }
    const client = simulate([refusing], silent).accept().send(header())
    expect(client.record).toMatchObject({ reason: 'banned', bytes_out: 0 })
  })

  // An address ban is decided before the handshake: the texts of the server that it names were not looked at.
  it('reads the texts of the server that it names, or none where that says nothing', () => {
    const messages = configuredMessages(readGateway({ messages: { banned: 'global' } }).config)
    const simulation = new Simulation({
      listener: listenerConfig(),
      servers: [
        serverTo('own', ['own.example.com'], 1, {
          messages: { banned: { ...NO_TEXT, kick: '{server}', status: 'own' } },
        }),
        serverTo('mute', ['mute.example.com'], 1, { messages: { banned: { ...NO_TEXT, isSilent: true } } }),
        serverTo('other', ['other.example.com'], 1),
      ],
      policies: [refusing],
      changes: { messages },
    })
    const from = (domain: string) => {
      const login = simulation.accept().trickle(handshake(domain), loginStart())
      const status = simulation.accept().trickle(handshake(domain, 'status'), STATUS_REQUEST)
      const legacy = simulation.accept().send(ping16(domain))
      expect(login.record).toMatchObject({ reason: 'banned' })
      expect(login.record?.server).toBeUndefined()
      return { login: login.received, status: status.received, legacy: legacy.received }
    }
    const own = from('own.example.com')
    expect([jsonIn(own.login), jsonIn(own.status)]).toEqual(['own', expect.objectContaining({ description: 'own' })])
    expect(legacyText(own.legacy)).toContain('own')
    expect(jsonIn(from('other.example.com').login)).toBe('global')
    expect(jsonIn(from('nowhere.example.com').login)).toBe('global')
    const mute = from('mute.example.com')
    expect([mute.login.length, mute.status.length, mute.legacy.length]).toEqual([0, 0, 0])
  })

  it('may be a legacy ping', () => {
    const simulation = simulate([refusing])
    const client = simulation.accept().send(hex('fe01'))
    simulation.advance(300)
    expect(legacyText(client.received)).toContain('You are banned.')
    expect(client.record).toMatchObject({ reason: 'banned', intent: 'legacy_status' })
  })
})
