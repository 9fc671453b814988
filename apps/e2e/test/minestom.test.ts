import { createHash } from 'node:crypto'
import { offlineUuid } from '@infrarust/minecraft'
import { freePort, TestSessionServer, until } from '@infrarust/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NOTCH } from '../fixtures/account.ts'
import { Haproxy } from '../fixtures/haproxy.ts'
import type { Infrarust } from '../fixtures/infrarust.ts'
import { FORWARDING_SECRET, loginServer, startLoginProxy } from '../fixtures/login-proxy.ts'
import { leave, login } from '../fixtures/minecraft-client.ts'
import { haveMinestom, type MinestomAuth, MinestomServer } from '../fixtures/minestom.ts'
import { havePeers } from '../fixtures/programs.ts'
import { Running } from '../fixtures/running.ts'

type Kind = MinestomAuth[0]

const SUITE = 'the login modes in front of a real server'
const minestom = await haveMinestom(SUITE)
const PLAYER = '127.0.0.78'
const SKIN = NOTCH.properties[0]?.value

// The client library → HAProxy → Infrarust → Minestom, up to a player who stands in its world.
describe.runIf(minestom !== undefined && havePeers(SUITE, 'haproxy'))('in front of Minestom', () => {
  const running = new Running()
  let sessionServer: TestSessionServer
  let infrarust: Infrarust
  let port: number
  let ports: Record<Kind, number>
  const started = new Map<Kind, Promise<MinestomServer>>()

  /** Started when the first player of it comes: one after the other, for each keeps the machine busy for a while. */
  function serverOf(kind: Kind): Promise<MinestomServer> {
    if (minestom === undefined) throw new Error('no Minestom')
    const auth: Record<Kind, MinestomAuth> = {
      velocity: ['velocity', FORWARDING_SECRET],
      bungee: ['bungee', FORWARDING_SECRET],
      offline: ['offline'],
      online: ['online'],
    }
    const server =
      started.get(kind) ??
      MinestomServer.start(minestom, ports[kind], auth[kind], sessionServer.url).then((up) => running.add(up))
    started.set(kind, server)
    return server
  }

  beforeAll(async () => {
    sessionServer = running.add(await TestSessionServer.start([NOTCH]))
    ports = {
      velocity: await freePort(),
      bungee: await freePort(),
      offline: await freePort(),
      online: await freePort(),
    }
    const clientOnly = 'client_only' as const
    infrarust = running.add(
      await startLoginProxy(sessionServer, {
        files: { 'other.secret': 'another secret of 32 characters.' },
        servers: {
          velocity: loginServer('velocity.example.com', ports.velocity, clientOnly, 'velocity'),
          'velocity-offline': loginServer('velocity-offline.example.com', ports.velocity, 'offline', 'velocity'),
          bungee: loginServer('bungee.example.com', ports.bungee, clientOnly, 'bungeeguard'),
          offline: loginServer('offline.example.com', ports.offline, clientOnly, 'none'),
          'wrong-secret': loginServer(
            'wrong-secret.example.com',
            ports.velocity,
            clientOnly,
            'velocity',
            'secret_file = "other.secret"',
          ),
          'wrong-token': loginServer(
            'wrong-token.example.com',
            ports.bungee,
            clientOnly,
            'bungeeguard',
            'secret_file = "other.secret"',
          ),
          'no-token': loginServer('no-token.example.com', ports.bungee, clientOnly, 'bungeecord'),
          online: `domains = ["online.example.com"]\naddresses = ["127.0.0.1:${ports.online}"]\n`,
        },
      }),
    )
    port = running.add(await Haproxy.start({ to: `127.0.0.1:${infrarust.port}`, server: 'send-proxy-v2' })).port
  })
  afterAll(() => running.stopAll())

  function loginAt(name: string, player: 'Notch' | 'Steve' = 'Notch') {
    const dial = { port, domain: `${name}.example.com`, from: PLAYER, version: '26.1', name: player }
    return login(player === 'Steve' ? dial : { ...dial, account: { profile: NOTCH, sessionServer } })
  }

  /** Lets a player in up to the world, and gives what the server knows of it. */
  async function play(name: string, kind: Kind, player: 'Notch' | 'Steve' = 'Notch') {
    const server = await serverOf(kind)
    const joined = await loginAt(name, player)
    if (joined.kind !== 'joined') throw new Error(`not let in: ${JSON.stringify(joined)}`)
    const spawned = await server.spawned(player)
    await until(() => String(joined.client.state) === 'play', 'the client to be in play')
    await leave(joined.client)
    const record = await infrarust.record((ended) => ended.client_port === joined.seen.port && ended.server === name)
    expect(record).toMatchObject({ client: PLAYER, player, server: name, reason: 'client_closed' })
    return { ...spawned, address: spawned.address.replace(/^\/|:\d+$/g, '') }
  }

  it('a player stands in a world that asks for Velocity’s forwarding, with UUID, skin and address', async () => {
    const spawned = await play('velocity', 'velocity')
    expect(spawned).toEqual({ name: 'Notch', uuid: NOTCH.uuid, address: PLAYER, skin: SKIN })
  })

  it('a player of an offline server is announced to it, too', async () => {
    const uuid = offlineUuid('Steve', (data) => createHash('md5').update(data).digest())
    const spawned = await play('velocity-offline', 'velocity', 'Steve')
    expect(spawned).toMatchObject({ name: 'Steve', uuid, address: PLAYER })
  })

  it('a player stands in a world that asks for the token of BungeeGuard', async () => {
    const spawned = await play('bungee', 'bungee')
    expect(spawned).toEqual({ name: 'Notch', uuid: NOTCH.uuid, address: PLAYER, skin: SKIN })
  })

  it('a verified player stands in a world that asks for nothing', async () => {
    const spawned = await play('offline', 'offline')
    expect(spawned).toMatchObject({ name: 'Notch', address: '127.0.0.1' })
  })

  it('a server that authenticates players itself does so behind passthrough', async () => {
    const askedBefore = sessionServer.asked.length
    const spawned = await play('online', 'online')
    expect(spawned).toMatchObject({ name: 'Notch', uuid: NOTCH.uuid, skin: SKIN })
    expect(sessionServer.asked.length - askedBefore).toBe(1)
  })

  it.each([
    ['wrong-secret', 'velocity', 'Invalid proxy response!', 'its forwarding secret is another one'],
    [
      'wrong-token',
      'bungee',
      'Invalid connection, please connect through the BungeeCord proxy',
      'a token that it does not know',
    ],
    [
      'no-token',
      'bungee',
      'Invalid connection, please connect through the BungeeCord proxy',
      'forwarding_mode = \\"bungeeguard\\"',
    ],
  ] as const)(
    'a player of %s reads what the server says, and the log says which key to change',
    async (name, kind, text, line) => {
      await serverOf(kind)
      const refused = await loginAt(name)
      expect(refused).toMatchObject({ kind: 'kicked', text: expect.stringContaining(text) })
      await infrarust.child.line(
        (logged) => logged.includes(`server \\"${name}\\"`) && logged.includes(line),
        `a line about ${name} with ${line}`,
      )
      const record = await infrarust.record((ended) => ended.server === name)
      expect(record.reason).toBe('forwarding')
    },
  )
})
