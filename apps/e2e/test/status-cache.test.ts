import type { Socket } from 'node:net'
import {
  decodeHandshake,
  decodeStatusJson,
  decodeStatusReply,
  encodeHandshake,
  encodePacket,
  encodePing,
  encodeStatusRequest,
  encodeStatusResponse,
  encodeVarInt,
} from '@infrarust/minecraft'
import { RawBackend, RawClient, statusBytes, until } from '@infrarust/test-kit'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Haproxy } from '../fixtures/haproxy.ts'
import { Infrarust } from '../fixtures/infrarust.ts'
import { ping } from '../fixtures/minecraft-client.ts'
import { MinecraftServer } from '../fixtures/minecraft-server.ts'
import { havePeers } from '../fixtures/programs.ts'
import { rawPing } from '../fixtures/raw-ping.ts'
import { Running } from '../fixtures/running.ts'

const running = new Running()
afterEach(() => running.stopAll())

const server = (domain: string, ...ports: readonly number[]): string =>
  `domains = ["${domain}"]\naddresses = [${ports.map((port) => `"127.0.0.1:${port}"`).join(', ')}]\n`

describe('the status of a real server', () => {
  /** Answers are kept for each server, and each test has one of its own; behind them all is the same backend. */
  const standing = new Running()
  let backend: MinecraftServer
  let mute: RawBackend
  let infrarust: Infrarust
  beforeAll(async () => {
    backend = standing.add(await MinecraftServer.start({ motd: 'survival' }))
    mute = standing.add(await RawBackend.start({ onConnection: () => undefined }))
    infrarust = standing.add(
      await Infrarust.start({
        toml: '[status_cache]\nttl = "10m"\n',
        servers: {
          segment: server('segment.example.com', backend.port),
          second: server('second.example.com', mute.port, backend.port),
          legacy: `default = true\n${server('legacy.example.com', backend.port)}`,
          versions: server('versions.example.com', backend.port),
        },
      }),
    )
  })
  afterAll(() => standing.stopAll())

  it('is fetched once for a hundred clients, and once more after its time', async () => {
    const backend = running.add(await MinecraftServer.start({ motd: 'survival' }))
    const infrarust = running.add(
      await Infrarust.start({
        toml: '[status_cache]\nttl = "10m"\n',
        servers: { a: server('a.example.com', backend.port) },
      }),
    )
    const answers = await Promise.all(Array.from({ length: 100 }, () => rawPing(infrarust.port, 'a.example.com')))
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect(answers[0]?.text).toContain('survival')
    expect(backend.pings).toBe(1)
    infrarust.writeConfiguration('[status_cache]\nttl = "1s"\n')
    await until(async () => {
      await rawPing(infrarust.port, 'a.example.com')
      return backend.pings > 1
    }, 'a second fetch')
    expect(await infrarust.record(({ intent }) => intent === 'status')).toMatchObject({
      reason: 'answered',
      server: 'a',
    })
  })

  it('is answered together with a ping in the same segment', async () => {
    const payload = Buffer.from('0102030405060708', 'hex')
    // The first one waits for the fetch, the second finds it done.
    for (let i = 0; i < 2; i++) {
      const client = running.raw(await RawClient.open(infrarust.port))
      client.send(statusBytes('segment.example.com'), encodePing(payload))
      await client.closed()
      const reply = decodeStatusReply(client.received)
      if (reply.kind !== 'decoded') throw new Error(reply.kind)
      expect(client.received.subarray(reply.consumedBytes)).toEqual(Buffer.from(encodePing(payload)))
    }
  })

  it('comes from the second address where the first one swallows everything', async () => {
    expect((await rawPing(infrarust.port, 'second.example.com')).text).toContain('survival')
    expect(mute.connections).toHaveLength(1)
  })

  it('is shown to the three legacy pings too', async () => {
    const legacy = async (hex: string): Promise<string> => {
      const client = running.raw(await RawClient.open(infrarust.port))
      client.send(Buffer.from(hex, 'hex'))
      await client.closed()
      return Buffer.from(client.received.subarray(3)).swap16().toString('utf16le')
    }
    expect(await legacy('fe')).toBe('survival§0§20')
    const ping16 = 'fe01fa000b004d0043007c00500069006e00670048006f0073007400074e000000000000'
    for (const hex of ['fe01', ping16]) {
      expect((await legacy(hex)).split('\0')).toEqual(['§1', '765', '1.20.4', 'survival', '0', '20'])
    }
  })

  it('keeps what a server says for another version of the game apart', async () => {
    const before = backend.pings
    const dial = { port: infrarust.port, domain: 'versions.example.com' }
    for (const version of ['1.8.8', '1.20.4']) await ping({ ...dial, version })
    expect(backend.pings).toBe(before + 2)
  })
})

describe('the status of a server unlike others', () => {
  const standing = new Running()
  let infrarust: Infrarust
  beforeAll(async () => {
    infrarust = standing.add(await Infrarust.start())
  })
  afterAll(() => standing.stopAll())

  /** A server of this name that does that with each connection. */
  async function add(name: string, onConnection: (socket: Socket) => void): Promise<RawBackend> {
    const backend = running.add(await RawBackend.start({ onConnection }))
    infrarust.writeServer(name, server(`${name}.example.com`, backend.port))
    await infrarust.logged(`server \\"${name}\\" added`)
    return backend
  }

  // Each of these was shown as down.
  it.each([
    ['is long', 'long', `{"description":"x","forgeData":{"mods":["${'m'.repeat(60_000)}"]}}`],
    ['is no strict JSON', 'loose', "\uFEFF{/* a */'description':'x','tps':NaN,}"],
  ])('reaches its clients as it was sent, with what is appended to it, where it %s', async (_what, name, json) => {
    const response = Buffer.from(encodeStatusResponse(json, Buffer.from('\x08appended')))
    await add(name, (socket) => void socket.write(response))
    const client = running.raw(await RawClient.open(infrarust.port))
    client.send(statusBytes(`${name}.example.com`), encodePing(Buffer.alloc(8)))
    await client.closed()
    expect(client.received.subarray(0, response.length).equals(response)).toBe(true)
  })

  // Each of these was shown as down, too: none can be kept, so it comes from the server itself.
  it.each([
    ['is longer than is kept', 'longer', encodePacket(0, encodeVarInt(80_000), Buffer.alloc(80_000, '"'))],
    ['is another packet', 'packet', encodePacket(5, Buffer.from('another'))],
    ['is another protocol', 'protocol', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ])('reaches its clients as it was sent where it %s', async (_what, name, response) => {
    await add(name, (socket) => void socket.end(response))
    const client = running.raw(await RawClient.open(infrarust.port))
    client.send(statusBytes(`${name}.example.com`))
    await client.closed()
    expect(client.received.equals(Buffer.from(response))).toBe(true)
    await infrarust.logged(`server \\"${name}\\" gave no status at`)
  })

  // It was asked for with -1, which servers behind ViaVersion answer with.
  it('is asked for with the number of a game that is newer than the proxy', async () => {
    const response = encodeStatusResponse('{"description":"x"}')
    const backend = await add('newer', (socket) => void socket.write(response))
    const client = running.raw(await RawClient.open(infrarust.port))
    const handshake = { protocolVersion: 9_999, address: 'newer.example.com', port: 25_565, intent: 'status' } as const
    client.send(encodeHandshake(handshake), encodeStatusRequest(), encodePing(Buffer.alloc(8)))
    await client.closed()
    expect(decodeHandshake(backend.connections[0]?.bytes ?? Buffer.alloc(0))).toMatchObject({
      value: { protocolVersion: 9_999 },
    })
  })
})

describe('the header of the proxy’s own connections', () => {
  it.runIf(havePeers('a status through a hop that wants a header', 'haproxy'))(
    'is taken by a real HAProxy, and names no player',
    async () => {
      const backend = running.add(await MinecraftServer.start({ motd: 'behind' }))
      const hop = running.add(await Haproxy.start({ bind: 'accept-proxy', to: `127.0.0.1:${backend.port}` }))
      const sending = (version: string): string =>
        `${server(`${version}.example.com`, hop.port)}send_proxy_protocol = "${version}"\n`
      const infrarust = running.add(await Infrarust.start({ servers: { v1: sending('v1'), v2: sending('v2') } }))
      for (const version of ['v1', 'v2']) {
        const answer = await ping({ port: infrarust.port, domain: `${version}.example.com`, from: '127.0.0.77' })
        expect(JSON.stringify(answer)).toContain('behind')
      }
    },
  )

  it('is LOCAL, then the socket’s own ends where a backend closes on that', async () => {
    const backend = running.add(await RawBackend.start({ onConnection: (socket) => void socket.end() }))
    const infrarust = running.add(
      await Infrarust.start({ servers: { a: `${server('a.example.com', backend.port)}send_proxy_protocol = true\n` } }),
    )
    expect((await rawPing(infrarust.port, 'a.example.com')).text).toContain('cannot be reached')
    expect((await backend.header(0)).header.command).toBe('LOCAL')
    const second = await backend.header(1)
    expect(second.header).toMatchObject({
      command: 'PROXY',
      source: { address: '127.0.0.1', port: expect.any(Number) },
      destination: { address: '127.0.0.1', port: backend.port },
    })
  })
})

describe('ttl = "0s"', () => {
  it('relays each ping with the header of its client, and can be switched while the proxy runs', async () => {
    const backend = running.add(await RawBackend.start())
    const infrarust = running.add(
      await Infrarust.start({
        toml: '[status_cache]\nttl = "0s"\n',
        servers: { a: `${server('a.example.com', backend.port)}send_proxy_protocol = true\n` },
      }),
    )
    const client = running.raw(await RawClient.open(infrarust.port, { from: '127.0.0.78' }))
    client.send(statusBytes('a.example.com'))
    await client.receives('hello')
    expect((await backend.header(0)).header).toMatchObject({ command: 'PROXY', source: { address: '127.0.0.78' } })

    infrarust.writeConfiguration('[status_cache]\nttl = "5s"\n')
    await infrarust.logged('status_cache.ttl')
    const cached = running.raw(await RawClient.open(infrarust.port, { from: '127.0.0.78' }))
    cached.send(statusBytes('a.example.com'))
    await backend.header(1)
    expect((await backend.header(1)).header.command).toBe('LOCAL')
  })
})

describe('names made up under a wildcard', () => {
  it('buy at most ten connections a second, and all are answered', async () => {
    const backend = running.add(await MinecraftServer.start({ motd: 'survival' }))
    const infrarust = running.add(await Infrarust.start({ servers: { a: server('*.example.com', backend.port) } }))
    const began = performance.now()
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, i) => rawPing(infrarust.port, `n${i}.example.com`)),
    )
    const seconds = Math.ceil((performance.now() - began) / 1_000)
    for (const { text } of answers)
      expect(decodeStatusJson(text)).toMatchObject({ value: { description: expect.anything() } })
    expect(backend.pings).toBeGreaterThan(0)
    expect(backend.pings).toBeLessThanOrEqual(10 * (seconds + 1))
  })
  it('and numbers that no version has buy no more than that either', async () => {
    const backend = running.add(await MinecraftServer.start({ motd: 'survival' }))
    const infrarust = running.add(
      await Infrarust.start({
        toml: '[status_cache]\nttl = "10m"\n',
        servers: { a: server('a.example.com', backend.port) },
      }),
    )
    const began = performance.now()
    for (let i = 0; i < 100; i++) {
      const client = running.raw(await RawClient.open(infrarust.port))
      const handshake = {
        protocolVersion: 100_000 + i,
        address: 'a.example.com',
        port: 25_565,
        intent: 'status',
      } as const
      client.send(encodeHandshake(handshake), encodeStatusRequest())
      await client.receives('survival')
    }
    const seconds = Math.ceil((performance.now() - began) / 1_000)
    expect(backend.pings).toBeGreaterThan(0)
    expect(backend.pings).toBeLessThanOrEqual(10 * (seconds + 1))
  })
})
