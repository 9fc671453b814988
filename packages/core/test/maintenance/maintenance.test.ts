import { describe, expect, it } from 'vitest'
import { validateServer } from '../../src/entries/provider.ts'
import { type Allowed, configuredMessages, Maintenance, parseCidr, readGateway } from '../../src/index.ts'
import {
  handshake,
  jsonIn,
  legacyLogin,
  legacyText,
  loginStart,
  ping16,
  STATUS_REQUEST,
} from '../connection/packets.ts'
import { type SimulatedClient, Simulation } from '../connection/simulation.ts'
import { listenerConfig, serverTo } from '../gateway/fixtures.ts'

const STATUS = Buffer.concat([handshake('a.example.com', 'status', 765), STATUS_REQUEST])

interface Made {
  readonly at: Simulation
  readonly maintenance: Maintenance
}

function made(config: readonly Allowed[] = [], ofServer: readonly Allowed[] = []): Made {
  const maintenance = new Maintenance({ allow: config })
  const at = new Simulation({
    listener: listenerConfig(),
    servers: [
      serverTo('a', ['a.example.com'], 1, { maintenance: { allow: ofServer } }),
      serverTo('b', ['b.example.com'], 2),
    ],
    policies: [maintenance],
  })
  return { at, maintenance }
}

function login(at: Simulation, name: string, domain = 'a.example.com'): SimulatedClient {
  return at.accept().send(handshake(domain, 'login', 758), loginStart(name, 758))
}

describe('a server in maintenance', () => {
  it('turns logins away and answers list pings itself, with the number of the client, until that is over', () => {
    const { at, maintenance } = made()
    maintenance.begin('a', { allow: [] })
    const refused = login(at, 'Steve')
    expect(jsonIn(refused.received)).toBe('a is in maintenance. Try again later.')
    expect(refused.record).toMatchObject({ reason: 'maintenance', player: 'Steve', server: 'a' })
    const pinged = at.accept().send(STATUS)
    expect(jsonIn(pinged.received)).toMatchObject({
      version: { protocol: 765 },
      description: 'a is in maintenance. Try again later.',
    })
    expect(legacyText(at.accept().send(ping16('a.example.com')).received)).toContain('a is in maintenance')
    expect(at.accept().send(legacyLogin('Steve', 'a.example.com')).record?.reason).toBe('maintenance')
    login(at, 'Steve', 'b.example.com').dialled()
    expect(maintenance.end('a')).toBe(true)
    login(at, 'Steve').dialled()
    at.accept().send(STATUS).dialled()
  })

  it('may be every one of them, and one that was named has terms of its own', () => {
    const { at, maintenance } = made()
    maintenance.begin(undefined, { allow: [{ kind: 'name', name: 'Steve' }], texts: { kick: 'all of them' } })
    maintenance.begin('a', { allow: [], texts: { kick: 'just a' } })
    expect(jsonIn(login(at, 'Steve').received)).toBe('just a')
    login(at, 'Steve', 'b.example.com').dialled()
    expect(jsonIn(login(at, 'Alex', 'b.example.com').received)).toBe('all of them')
    expect(maintenance.end('a')).toBe(true)
    login(at, 'Steve').dialled()
    expect(maintenance.isOn('a')).toBe(true)
    expect(maintenance.end(undefined)).toBe(true)
    expect(maintenance.end(undefined)).toBe(false)
    expect(maintenance.isOn('a')).toBe(false)
  })

  it('still lets in whom the command, the gateway or the server allows, by name or by address', () => {
    const loopback = parseCidr('192.0.2.0/24')
    if (loopback.kind !== 'cidr') throw new Error('no network')
    const { at, maintenance } = made([{ kind: 'name', name: 'Gateway' }], [{ kind: 'name', name: 'Server' }])
    maintenance.begin('a', { allow: [{ kind: 'name', name: 'Command' }] })
    for (const name of ['gateway', 'server', 'command']) login(at, name).dialled()
    expect(login(at, 'Server', 'b.example.com').record).toBeUndefined()
    expect(login(at, 'Steve').record?.reason).toBe('maintenance')
    maintenance.use({ allow: [] })
    expect(login(at, 'Gateway').record?.reason).toBe('maintenance')
    const client = { address: '192.0.2.7', port: 1 }
    const server = { id: 'a', maintenance: { allow: [{ kind: 'network', network: loopback.cidr }] } } as const
    expect(maintenance.refusalFor(client.address, { name: 'Steve', claimedUuid: undefined }, server)).toBeUndefined()
    expect(maintenance.refusalFor('198.51.100.7', { name: 'Steve', claimedUuid: undefined }, server)).toMatchObject({
      reason: 'maintenance',
    })
  })

  it('answers with the texts of the command, then with those of the server, then with those of the gateway', () => {
    const { config } = readGateway({
      messages: { maintenance: { kick: 'kick of the gateway', status: 'status of the gateway' } },
      default_motd: { maintenance: { text: 'MOTD of the gateway', max_players: 5 } },
    })
    const messages = configuredMessages(config)
    const about = {
      cause: 'maintenance',
      client: { address: '192.0.2.1', port: 1 },
      domain: 'a.example.com',
      detail: undefined,
      expiresAt: undefined,
    } as const
    const plain = serverTo('a', ['a.example.com'], 1)
    expect(messages.kick({ ...about, server: plain })).toBe('kick of the gateway')
    expect(messages.status({ ...about, server: plain })).toMatchObject({
      description: 'MOTD of the gateway',
      players: { max: 5 },
    })
    const read = validateServer(
      {
        key: 'a',
        source: 'servers/a.toml',
        values: {
          domains: ['a.example.com'],
          addresses: ['10.0.1.5'],
          messages: { maintenance: 'message of the server' },
          motd: { maintenance: { text: 'MOTD of the server', version_name: 'Later' } },
        },
      },
      'file',
    )
    const server = 'server' in read ? read.server : undefined
    expect(messages.kick({ ...about, server })).toBe('message of the server')
    expect(messages.status({ ...about, server })).toMatchObject({
      description: 'MOTD of the server',
      versionName: 'Later',
    })
    const texts = { kick: '{server}, later', status: 'no entry: {server}' }
    expect(messages.kick({ ...about, server, texts })).toBe('a, later')
    expect(messages.status({ ...about, server, texts })).toMatchObject({
      description: 'no entry: a',
      versionName: 'Later',
    })
  })

  it('is found by who was let in and waited meanwhile', () => {
    const { maintenance } = made()
    const client = {
      id: 1,
      listener: 'main',
      peer: { address: '192.0.2.1', port: 1 },
      client: { address: '192.0.2.1', port: 1 },
      isHealthCheck: false,
      at: 0,
    } as const
    const server = { id: 'a', maintenance: { allow: [] } }
    const player = { name: 'Steve', claimedUuid: undefined }
    expect(maintenance.recheck(client, player, server)).toBeUndefined()
    maintenance.begin(undefined, { allow: [] })
    expect(maintenance.recheck(client, player, server)).toMatchObject({ reason: 'maintenance' })
    expect(maintenance.recheck(client, undefined, server)).toMatchObject({ reason: 'maintenance' })
  })
})

describe('[maintenance]', () => {
  it('takes players and networks, and refuses a network that is misspelt', () => {
    expect(readGateway({ maintenance: { allow: ['Steve', '192.0.2.0/24', '2001:db8::1'] } })).toMatchObject({
      config: { maintenance: { allow: [{ kind: 'name' }, { kind: 'network' }, { kind: 'network' }] } },
      problems: [],
    })
    for (const written of ['192.0.2.0/33', '2001:db8::/129', 'a name of many letters', ''])
      expect(readGateway({ maintenance: { allow: [written] } }).problems).toHaveLength(1)
    expect(readGateway({ maintenance: { enabled: true } }).problems[0]?.message).toContain('infrarust maintenance on')
  })
})
