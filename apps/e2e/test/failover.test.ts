import { freePort, loginBytes, RawBackend, RawClient } from '@infrarust/test-kit'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Haproxy } from '../fixtures/haproxy.ts'
import { Infrarust } from '../fixtures/infrarust.ts'
import { login, ping } from '../fixtures/minecraft-client.ts'
import { MinecraftServer } from '../fixtures/minecraft-server.ts'
import { havePeers } from '../fixtures/programs.ts'
import { Running } from '../fixtures/running.ts'

const running = new Running()
afterEach(() => running.stopAll())

const server = (name: string, ...ports: readonly number[]): string =>
  `domains = ["${name}.example.com"]\naddresses = [${ports.map((port) => `"127.0.0.1:${port}"`).join(', ')}]\n`

/** One proxy for all tests; each has a server of its own behind it. */
const standing = new Running()
let backend: MinecraftServer
let infrarust: Infrarust
beforeAll(async () => {
  backend = standing.add(await MinecraftServer.start())
  infrarust = standing.add(
    await Infrarust.start({
      servers: {
        second: server('second', await freePort(), backend.port),
        down: server('down', await freePort(), await freePort()),
        nameless: 'domains = ["nameless.example.com"]\naddresses = ["no-such-host.invalid:25565"]\n',
      },
    }),
  )
})
afterAll(() => standing.stopAll())

/** Adds a server while the proxy runs. */
async function add(name: string, ...ports: readonly number[]): Promise<void> {
  infrarust.writeServer(name, server(name, ...ports))
  await infrarust.logged(`server \\"${name}\\" added`)
}

describe('a server whose first address is dead', () => {
  it('is reached at its second address by a real client', async () => {
    const end = await login({ port: infrarust.port, domain: 'second.example.com', name: 'Alex' })
    expect(end.kind).toBe('joined')
    if (end.kind === 'joined') end.client.end('bye')
    const record = await infrarust.record((each) => each.server === 'second')
    expect(record).toMatchObject({ intent: 'login', endpoint: `127.0.0.1:${backend.port}`, player: 'Alex' })
  })

  it.runIf(havePeers('a port forwarder in front of a dead backend', 'haproxy'))(
    'is reached at its second address when a forwarder accepts for the first and closes at once',
    async () => {
      const forwarder = running.add(await Haproxy.start({ to: `127.0.0.1:${await freePort()}` }))
      await add('forwarded', forwarder.port, backend.port)
      const end = await login({ port: infrarust.port, domain: 'forwarded.example.com' })
      expect(end.kind).toBe('joined')
      if (end.kind === 'joined') end.client.end('bye')
    },
  )
})

describe('a server with no address left', () => {
  it('kicks a login and answers a ping with a text, modern and legacy', async () => {
    const end = await login({ port: infrarust.port, domain: 'down.example.com' })
    if (end.kind !== 'kicked') throw new Error(`not kicked: ${end.kind}`)
    expect(end.text.length).toBeGreaterThan(10)
    const ofServer = (intent: string) =>
      infrarust.record((each) => each.domain === 'down.example.com' && each.intent === intent)
    expect(await ofServer('login')).toMatchObject({ reason: 'server_down', server: 'down' })

    const answer = await ping({ port: infrarust.port, domain: 'down.example.com' })
    expect(JSON.stringify(answer).length).toBeGreaterThan(20)
    expect(await ofServer('status')).toMatchObject({ reason: 'server_down' })

    const legacy = running.raw(await RawClient.open(infrarust.port))
    legacy.send(Buffer.from('fe01', 'hex'))
    await legacy.closed()
    expect(legacy.received[0]).toBe(0xff)
    expect(legacy.error).toBeUndefined()
  })

  it('is told apart from a name that does not resolve by the log, not by the player', async () => {
    const end = await login({ port: infrarust.port, domain: 'nameless.example.com' })
    expect(end.kind).toBe('kicked')
    const record = await infrarust.record((each) => each.domain === 'nameless.example.com')
    expect(record).toMatchObject({ intent: 'login', reason: 'server_down' })
    await infrarust.logged('no-such-host.invalid')
  })
})

describe('an unknown domain', () => {
  it('gets a kick and a status that name it', async () => {
    const end = await login({ port: infrarust.port, domain: 'nobody.example.net' })
    if (end.kind !== 'kicked') throw new Error(`not kicked: ${end.kind}`)
    expect(end.text).toContain('nobody.example.net')
    expect(await infrarust.record((each) => each.domain === 'nobody.example.net')).toMatchObject({
      intent: 'login',
      reason: 'unknown_domain',
    })
    const answer = await ping({ port: infrarust.port, domain: 'nobody.example.net' })
    expect(JSON.stringify(answer)).toContain('nobody.example.net')
  })
})

describe('a kick', () => {
  it('arrives although bytes of the client are still unread', async () => {
    const client = running.raw(await RawClient.open(infrarust.port))
    client.send(loginBytes('down.example.com'), Buffer.alloc(8000, 1))
    await client.closed()
    expect(client.received.length).toBeGreaterThan(10)
    expect(client.error).toBeUndefined()
  })
})

describe('a backend killed in mid-stream', () => {
  it('ends the session with its side named', async () => {
    const doomed = running.add(await RawBackend.start())
    await add('doomed', doomed.port)
    const client = running.raw(await RawClient.open(infrarust.port))
    client.send(loginBytes('doomed.example.com'))
    await client.receives('hello')
    doomed.connections[0]?.socket.resetAndDestroy()
    await client.closed()
    expect(await infrarust.recordOf(client)).toMatchObject({
      reason: 'server_reset',
      player: 'Steve',
    })
  })
})
