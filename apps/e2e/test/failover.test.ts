import { freePort, loginBytes, RawBackend, RawClient } from '@infrarust/test-kit'
import { afterEach, describe, expect, it } from 'vitest'
import { Haproxy } from '../fixtures/haproxy.ts'
import { Infrarust } from '../fixtures/infrarust.ts'
import { login, ping } from '../fixtures/minecraft-client.ts'
import { MinecraftServer } from '../fixtures/minecraft-server.ts'
import { havePeers } from '../fixtures/programs.ts'
import { Running } from '../fixtures/running.ts'

const running = new Running()
afterEach(() => running.stopAll())

const addresses = (...ports: readonly number[]): string =>
  `domains = ["a.example.com"]\naddresses = [${ports.map((port) => `"127.0.0.1:${port}"`).join(', ')}]\n`

describe('a server whose first address is dead', () => {
  it('is reached at its second address by a real client', async () => {
    const backend = running.add(await MinecraftServer.start())
    const infrarust = running.add(await Infrarust.start({ servers: { s: addresses(await freePort(), backend.port) } }))
    const end = await login({ port: infrarust.port, domain: 'a.example.com', name: 'Alex' })
    expect(end.kind).toBe('joined')
    if (end.kind === 'joined') end.client.end('bye')
    const record = await infrarust.record((each) => each.intent === 'login')
    expect(record).toMatchObject({ endpoint: `127.0.0.1:${backend.port}`, player: 'Alex' })
  })

  it.runIf(havePeers('a port forwarder in front of a dead backend', 'haproxy'))(
    'is reached at its second address when a forwarder accepts for the first and closes at once',
    async () => {
      const forwarder = running.add(await Haproxy.start({ to: `127.0.0.1:${await freePort()}` }))
      const backend = running.add(await MinecraftServer.start())
      const infrarust = running.add(await Infrarust.start({ servers: { s: addresses(forwarder.port, backend.port) } }))
      const end = await login({ port: infrarust.port, domain: 'a.example.com' })
      expect(end.kind).toBe('joined')
      if (end.kind === 'joined') end.client.end('bye')
    },
  )
})

describe('a server with no address left', () => {
  it('kicks a login and answers a ping with a text, modern and legacy', async () => {
    const infrarust = running.add(
      await Infrarust.start({ servers: { s: addresses(await freePort(), await freePort()) } }),
    )
    const end = await login({ port: infrarust.port, domain: 'a.example.com' })
    if (end.kind !== 'kicked') throw new Error(`not kicked: ${end.kind}`)
    expect(end.text.length).toBeGreaterThan(10)
    expect(await infrarust.record((each) => each.intent === 'login')).toMatchObject({
      reason: 'server_down',
      server: 's',
    })

    const answer = await ping({ port: infrarust.port, domain: 'a.example.com' })
    expect(JSON.stringify(answer).length).toBeGreaterThan(20)
    expect(await infrarust.record((each) => each.intent === 'status')).toMatchObject({ reason: 'server_down' })

    const legacy = running.raw(await RawClient.open(infrarust.port))
    legacy.send(Buffer.from('fe01', 'hex'))
    await legacy.closed()
    expect(legacy.received[0]).toBe(0xff)
    expect(legacy.error).toBeUndefined()
  })

  it('is told apart from a name that does not resolve by the log, not by the player', async () => {
    const infrarust = running.add(
      await Infrarust.start({
        servers: { s: 'domains = ["a.example.com"]\naddresses = ["no-such-host.invalid:25565"]\n' },
      }),
    )
    const end = await login({ port: infrarust.port, domain: 'a.example.com' })
    expect(end.kind).toBe('kicked')
    expect(await infrarust.record((each) => each.intent === 'login')).toMatchObject({ reason: 'server_down' })
    await infrarust.logged('no-such-host.invalid')
  })
})

describe('an unknown domain', () => {
  it('gets a kick and a status that name it', async () => {
    const infrarust = running.add(await Infrarust.start({ servers: { s: addresses(1) } }))
    const end = await login({ port: infrarust.port, domain: 'nobody.example.net' })
    if (end.kind !== 'kicked') throw new Error(`not kicked: ${end.kind}`)
    expect(end.text).toContain('nobody.example.net')
    expect(await infrarust.record((each) => each.intent === 'login')).toMatchObject({
      reason: 'unknown_domain',
      domain: 'nobody.example.net',
    })
    const answer = await ping({ port: infrarust.port, domain: 'nobody.example.net' })
    expect(JSON.stringify(answer)).toContain('nobody.example.net')
  })
})

describe('a kick', () => {
  it('arrives although bytes of the client are still unread', async () => {
    const infrarust = running.add(await Infrarust.start({ servers: { s: addresses(await freePort()) } }))
    const client = running.raw(await RawClient.open(infrarust.port))
    client.send(loginBytes('a.example.com'), Buffer.alloc(8000, 1))
    await client.closed()
    expect(client.received.length).toBeGreaterThan(10)
    expect(client.error).toBeUndefined()
  })
})

describe('a backend killed in mid-stream', () => {
  it('ends the session with its side named', async () => {
    const backend = running.add(await RawBackend.start())
    const infrarust = running.add(await Infrarust.start({ servers: { s: addresses(backend.port) } }))
    const client = running.raw(await RawClient.open(infrarust.port))
    client.send(loginBytes('a.example.com'))
    await client.receives('hello')
    backend.connections[0]?.socket.resetAndDestroy()
    await client.closed()
    expect(await infrarust.record((each) => each.intent === 'login')).toMatchObject({
      reason: 'server_reset',
      player: 'Steve',
    })
  })
})
