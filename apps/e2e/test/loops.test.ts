import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'
import { loginBytes, RawBackend, RawClient, statusBytes } from '@infrarust/test-kit'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Infrarust } from '../fixtures/infrarust.ts'
import { Running } from '../fixtures/running.ts'

const running = new Running()
afterEach(() => running.stopAll())

const TEXT = 'leads back to this proxy'

function to(address: string, domain = 'loop.example.com', more = ''): string {
  return `domains = ["${domain}"]\naddresses = ["${address}"]\n${more}`
}

async function asks(infrarust: Infrarust, bytes: Uint8Array): Promise<string> {
  const client = await RawClient.open(infrarust.port)
  client.send(bytes)
  await client.receives(TEXT)
  client.destroy()
  await infrarust.recordOf(client)
  return (await infrarust.recordOf(client)).reason
}

/** A port forwarder as a balancer or a published port is one. */
class Forwarder {
  accepted = 0
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(server: Server) {
    this.#server = server
  }

  static async start(target: () => number): Promise<Forwarder> {
    const server = createServer((socket) => {
      forwarder.accepted++
      const onward = connect(target(), '127.0.0.1')
      for (const [from, into] of [
        [socket, onward],
        [onward, socket],
      ] as const) {
        forwarder.#sockets.add(from)
        from.on('error', () => into.destroy()).pipe(into)
      }
    })
    const forwarder = new Forwarder(server)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return forwarder
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((closed) => this.#server.close(closed))
  }
}

// One login made ten thousand connections in two seconds and took every descriptor, also those of healthy servers.
describe('a server whose address is the proxy itself', () => {
  const onMachine = Object.values(networkInterfaces())
    .flat()
    .find((address) => address?.family === 'IPv4' && !address.internal)?.address
  const hosts = [
    { id: 'own', host: '127.0.0.1', what: 'its own address' },
    { id: 'localhost', host: 'localhost', what: 'a name of this machine' },
    { id: 'machine', host: hostname(), what: 'the name of this machine' },
    { id: 'wildcard', host: '0.0.0.0', what: 'the wildcard' },
    { id: 'loopback', host: '127.1.2.3', what: 'another loopback address' },
    { id: 'mapped', host: '[::ffff:127.0.0.1]', what: 'the same, mapped' },
    ...(onMachine === undefined ? [] : [{ id: 'interface', host: onMachine, what: 'an address of an interface' }]),
  ]
  const standing = new Running()
  let healthy: RawBackend
  let infrarust: Infrarust
  beforeAll(async () => {
    healthy = standing.add(await RawBackend.start())
    infrarust = standing.add(
      await Infrarust.start({
        host: '0.0.0.0',
        servers: { healthy: to(`127.0.0.1:${healthy.port}`, 'healthy.example.com') },
      }),
    )
    for (const { id, host } of hosts) infrarust.writeServer(id, to(`${host}:${infrarust.port}`, `${id}.example.com`))
    for (const { id } of hosts) await infrarust.logged(`server \\"${id}\\" added`)
  })
  afterAll(() => standing.stopAll())

  it.each(hosts)('is never dialled: $host ($what)', async ({ id }) => {
    const before = infrarust.records.length
    const domain = `${id}.example.com`
    for (let count = 0; count < 3; count++) expect(await asks(infrarust, loginBytes(domain))).toBe('loop')
    expect(await asks(infrarust, statusBytes(domain))).toBe('loop')
    const player = await RawClient.open(infrarust.port)
    player.send(loginBytes('healthy.example.com'))
    await player.receives('hello')
    player.destroy()
    await infrarust.recordOf(player)
    expect(infrarust.records).toHaveLength(before + 5)
    const told = `server \\"${id}\\" ${TEXT}`
    expect(infrarust.child.lines.filter((line) => line.includes(told))).toHaveLength(1)
  })

  it('is left out where there is another one', async () => {
    const backend = running.add(await RawBackend.start())
    const both = `addresses = ["127.0.0.1:${infrarust.port}", "127.0.0.1:${backend.port}"]`
    infrarust.writeServer('both', `domains = ["both.example.com"]\n${both}\n`)
    await infrarust.logged('server \\"both\\" added')
    const client = running.raw(await RawClient.open(infrarust.port))
    client.send(loginBytes('both.example.com'))
    await client.receives('hello')
    expect(backend.connections).toHaveLength(1)
    await infrarust.logged(`server \\"both\\" ${TEXT}`)
  })
})

describe('a server that leads back by way of others', () => {
  it.each([
    ['', ''],
    ['[proxy_protocol]\nmode = "optional"\ntrusted = ["127.0.0.0/8"]\n', 'send_proxy_protocol = true\n'],
  ])('goes round sixteen times and no further (%j)', async (toml, more) => {
    const infrarust = running.add(await Infrarust.start({ toml }))
    const forwarder = running.add(await Forwarder.start(() => infrarust.port))
    infrarust.writeServer('round', to(`127.0.0.1:${forwarder.port}`, 'loop.example.com', more))
    await infrarust.logged('"round"')
    const client = await RawClient.open(infrarust.port)
    client.send(loginBytes('loop.example.com', 'Alex'))
    await client.receives(TEXT)
    client.destroy()
    await infrarust.recordOf(client)
    expect(forwarder.accepted).toBe(16)
    expect(infrarust.records.filter(({ reason }) => reason === 'loop')).toHaveLength(1)
    const lines = infrarust.child.lines.filter((line) => line.includes(`${TEXT} by way of others`))
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('they come from 127.0.0.1')

    const ping = await RawClient.open(infrarust.port)
    ping.send(statusBytes('loop.example.com'))
    expect(await infrarust.recordOf(ping)).toMatchObject({ intent: 'status' })
    expect(forwarder.accepted).toBeLessThan(24)
  })

  it('is found between two proxies that name each other', async () => {
    const one = running.add(await Infrarust.start())
    const other = running.add(await Infrarust.start({ servers: { back: to(`127.0.0.1:${one.port}`) } }))
    one.writeServer('there', to(`127.0.0.1:${other.port}`))
    await one.logged('"there"')
    const client = await RawClient.open(one.port)
    client.send(loginBytes('loop.example.com'))
    await client.receives(TEXT)
    client.destroy()
    await one.recordOf(client)
    expect(one.records.length + other.records.length).toBeLessThanOrEqual(35)
  })
})
