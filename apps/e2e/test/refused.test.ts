import { encode } from '@infrarust/proxy-protocol'
import { loginBytes, RawBackend, RawClient } from '@infrarust/test-kit'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Infrarust } from '../fixtures/infrarust.ts'
import { Running } from '../fixtures/running.ts'

const running = new Running()
afterEach(() => running.stopAll())

const SIGNATURE = Buffer.from('0d0a0d0a000d0a515549540a', 'hex')
const hex = (text: string): Buffer => Buffer.from(text, 'hex')
const HEADER = encode({
  command: 'PROXY',
  source: { address: '203.0.113.7', port: 54_321 },
  destination: { address: '192.0.2.10', port: 25_565 },
})

/** Every documented error, what provokes it, and its exact text in the log. */
const CASES = [
  {
    name: 'a handshake without a header',
    bytes: loginBytes('a.example.com'),
    text: 'InvalidProxyProtocol: data does not start with a proxy protocol signature',
  },
  {
    name: 'garbage',
    bytes: Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n'),
    text: 'InvalidProxyProtocol: data does not start with a proxy protocol signature',
  },
  {
    name: 'a header of 537 bytes',
    bytes: Buffer.concat([SIGNATURE, hex('21110209')]),
    text: 'InvalidProxyProtocol: header exceeds maximum size',
  },
  {
    name: 'AF_UNIX',
    bytes: Buffer.concat([SIGNATURE, hex('213100d8'), Buffer.alloc(216)]),
    text: 'InvalidProxyProtocol: unsupported address family',
  },
  {
    name: 'PROXY without a family',
    bytes: Buffer.concat([SIGNATURE, hex('21000000')]),
    text: 'InvalidProxyProtocol: unsupported address family',
  },
  {
    name: 'a datagram family',
    bytes: Buffer.concat([SIGNATURE, hex('2112000c'), Buffer.alloc(12)]),
    text: 'InvalidProxyProtocol: unsupported address family',
  },
  {
    name: 'a version 1 line with a bad port',
    bytes: Buffer.from('PROXY TCP4 203.0.113.7 192.0.2.1 65536 1\r\n'),
    text: 'ProxyProtocolDecode: ',
  },
  {
    name: 'a command that does not exist',
    bytes: Buffer.concat([SIGNATURE, hex('2211000c'), Buffer.alloc(12)]),
    text: 'ProxyProtocolDecode: ',
  },
] as const

describe('a listener that requires a header', () => {
  const standing = new Running()
  let backend: RawBackend
  let infrarust: Infrarust
  let good: RawClient
  beforeAll(async () => {
    backend = standing.add(await RawBackend.start())
    infrarust = standing.add(await start(backend.port, 'receive_proxy_protocol = true\n'))
    good = standing.raw(await RawClient.open(infrarust.port))
    good.send(HEADER, loginBytes('a.example.com'))
    await good.receives('hello')
  })
  afterAll(() => standing.stopAll())

  it.each(CASES)('closes $name at once, says why in the log, and disturbs nobody', async ({ name, bytes, text }) => {
    const bad = running.raw(await RawClient.open(infrarust.port))
    bad.send(bytes)
    await bad.closed()
    expect(bad.received.length).toBe(0)
    await loggedOf(infrarust, bad, text)
    const record = await infrarust.recordOf(bad)
    expect(record).toMatchObject({
      reason: 'proxy_protocol',
      client: '127.0.0.1',
      peer: '127.0.0.1',
      client_port: bad.localPort,
    })
    expect(record).not.toHaveProperty('server')

    expect(backend.connections).toHaveLength(1)
    good.send(Buffer.from(`still here after ${name}`))
    await backendReceives(backend, `still here after ${name}`)
  })

  it('records a truncated header as the end before a header', async () => {
    const bad = running.raw(await RawClient.open(infrarust.port))
    bad.socket.end(HEADER.subarray(0, 20))
    await loggedOf(infrarust, bad, 'InvalidProxyProtocol: connection closed before proxy protocol header')
    expect(await infrarust.recordOf(bad)).toMatchObject({ reason: 'proxy_protocol', client: '127.0.0.1' })
    expect(backend.connections).toHaveLength(1)
  })

  it('refuses a header from outside the trusted networks, whatever it claims', async () => {
    const backend = running.add(await RawBackend.start())
    const infrarust = running.add(
      await start(backend.port, 'receive_proxy_protocol = true\n[proxy_protocol]\ntrusted = ["10.0.0.0/8"]\n'),
    )
    const bad = running.raw(await RawClient.open(infrarust.port))
    bad.send(HEADER, loginBytes('a.example.com'))
    await bad.closed()
    expect(await infrarust.record((each) => each.reason === 'proxy_protocol')).toMatchObject({
      client: '127.0.0.1',
      peer: '127.0.0.1',
    })
    expect(backend.connections).toHaveLength(0)
  })
})

describe('a listener with the PROXY protocol off', () => {
  const standing = new Running()
  let backend: RawBackend
  let infrarust: Infrarust
  beforeAll(async () => {
    backend = standing.add(await RawBackend.start())
    const to = `addresses = ["127.0.0.1:${backend.port}"]\n`
    // Behind a wildcard the name and the player went on as they were, line ends and all.
    const wildcard = `domains = ["*.example.com"]\n${to}domain_rewrite = "none"\nsend_proxy_protocol = 2\n[proxy_protocol]\nauthority = true\n`
    infrarust = standing.add(await Infrarust.start({ servers: { s: `domains = ["a.example.com"]\n${to}`, wildcard } }))
  })
  afterAll(() => standing.stopAll())
  afterEach(() => expect(backend.connections).toHaveLength(0))

  it.each([
    { name: 'version 2', bytes: HEADER },
    { name: 'version 1', bytes: Buffer.from('PROXY TCP4 203.0.113.7 192.0.2.1 1 2\r\n') },
  ])('refuses a header of $name and names it in the log with the key to set', async ({ bytes }) => {
    const bad = running.raw(await RawClient.open(infrarust.port))
    bad.send(bytes, loginBytes('a.example.com'))
    await bad.closed()
    expect(bad.received.length).toBe(0)
    await loggedOf(infrarust, bad, 'receive_proxy_protocol')
    expect(await infrarust.recordOf(bad)).toMatchObject({ reason: 'proxy_protocol', client: '127.0.0.1' })
  })

  it.each([
    {
      what: 'a forged BungeeCord host',
      bytes: loginBytes(['a.example.com', '203.0.113.9', '069a79f444e94726a5befca90e38aaf5'].join('\0')),
    },
    { what: 'an order to a service that reads lines in the domain', bytes: loginBytes('x\r\nSET a b\r\n.example.com') },
    {
      what: 'an order to a service that reads lines behind the domain',
      bytes: loginBytes('x.example.com///\r\nSET a b\r\n'),
    },
    {
      what: 'an order to a service that reads lines in the name of the player',
      bytes: loginBytes('x.example.com', 'a\r\nSET a b\r\n'),
    },
  ])('refuses $what as a bad handshake, and it never reaches the backend', async ({ bytes }) => {
    const bad = running.raw(await RawClient.open(infrarust.port))
    bad.send(bytes)
    await bad.closed()
    expect(await infrarust.recordOf(bad)).toMatchObject({ reason: 'bad_handshake', client: '127.0.0.1' })
  })
})

function start(backendPort: number, toml: string): Promise<Infrarust> {
  return Infrarust.start({
    toml,
    servers: { s: `domains = ["a.example.com"]\naddresses = ["127.0.0.1:${backendPort}"]\n` },
  })
}

/** Waits for the warning about this client's connection, which names its port. */
async function loggedOf(infrarust: Infrarust, { localPort }: RawClient, text: string): Promise<void> {
  const isIt = (line: string): boolean => line.includes(text) && line.includes(`(peer 127.0.0.1:${localPort},`)
  await infrarust.child.line(isIt, `a log line with ${text} of port ${localPort}`)
}

async function backendReceives(backend: RawBackend, text: string): Promise<void> {
  await expect.poll(() => backend.connections[0]?.bytes.includes(text), { timeout: 10_000 }).toBe(true)
}
