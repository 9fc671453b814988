import { encode } from '@infrarust/proxy-protocol'
import { loginBytes, RawBackend, RawClient } from '@infrarust/test-kit'
import { afterEach, describe, expect, it } from 'vitest'
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
  it.each(CASES)('closes $name at once, says why in the log, and disturbs nobody', async ({ bytes, text }) => {
    const backend = running.add(await RawBackend.start())
    const infrarust = running.add(await start(backend.port, 'receive_proxy_protocol = true\n'))
    const good = running.raw(await RawClient.open(infrarust.port))
    good.send(HEADER, loginBytes('a.example.com'))
    await good.receives('hello')

    const bad = running.raw(await RawClient.open(infrarust.port))
    bad.send(bytes)
    await bad.closed()
    expect(bad.received.length).toBe(0)
    await infrarust.logged(text)
    const record = await infrarust.record((each) => each.reason === 'proxy_protocol')
    expect(record).toMatchObject({
      client: '127.0.0.1',
      peer: '127.0.0.1',
      client_port: bad.localPort,
    })
    expect(record).not.toHaveProperty('server')

    expect(backend.connections).toHaveLength(1)
    good.send(Buffer.from('still here'))
    await backendReceives(backend, 'still here')
  })

  it('records a truncated header as the end before a header', async () => {
    const backend = running.add(await RawBackend.start())
    const infrarust = running.add(await start(backend.port, 'receive_proxy_protocol = true\n'))
    const bad = running.raw(await RawClient.open(infrarust.port))
    bad.socket.end(HEADER.subarray(0, 20))
    await infrarust.logged('InvalidProxyProtocol: connection closed before proxy protocol header')
    expect(await infrarust.record((each) => each.reason === 'proxy_protocol')).toMatchObject({ client: '127.0.0.1' })
    expect(backend.connections).toHaveLength(0)
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
  it.each([
    { name: 'version 2', bytes: HEADER },
    { name: 'version 1', bytes: Buffer.from('PROXY TCP4 203.0.113.7 192.0.2.1 1 2\r\n') },
  ])('refuses a header of $name and names it in the log with the key to set', async ({ bytes }) => {
    const backend = running.add(await RawBackend.start())
    const infrarust = running.add(await start(backend.port, ''))
    const bad = running.raw(await RawClient.open(infrarust.port))
    bad.send(bytes, loginBytes('a.example.com'))
    await bad.closed()
    expect(bad.received.length).toBe(0)
    await infrarust.logged('receive_proxy_protocol')
    expect(await infrarust.record((each) => each.reason === 'proxy_protocol')).toMatchObject({ client: '127.0.0.1' })
    expect(backend.connections).toHaveLength(0)
  })
})

describe('a forged BungeeCord host', () => {
  it('is refused as a bad handshake and never reaches the backend', async () => {
    const backend = running.add(await RawBackend.start())
    const infrarust = running.add(await start(backend.port, ''))
    const bad = running.raw(await RawClient.open(infrarust.port))
    bad.send(loginBytes(['a.example.com', '203.0.113.9', '069a79f444e94726a5befca90e38aaf5'].join('\0')))
    await bad.closed()
    expect(await infrarust.record((each) => each.reason === 'bad_handshake')).toMatchObject({ client: '127.0.0.1' })
    expect(backend.connections).toHaveLength(0)
  })
})

describe('an order to a service that reads lines', () => {
  // Behind a wildcard the name and the player went on as they were, line ends and all.
  it.each([
    { place: 'the domain', bytes: loginBytes('x\r\nSET a b\r\n.example.com') },
    { place: 'what follows the domain', bytes: loginBytes('x.example.com///\r\nSET a b\r\n') },
    { place: 'the name of the player', bytes: loginBytes('x.example.com', 'a\r\nSET a b\r\n') },
  ])('in $place never reaches it', async ({ bytes }) => {
    const backend = running.add(await RawBackend.start())
    const server =
      `domains = ["*.example.com"]\naddresses = ["127.0.0.1:${backend.port}"]\ndomain_rewrite = "none"\n` +
      'send_proxy_protocol = 2\n[proxy_protocol]\nauthority = true\n'
    const infrarust = running.add(await Infrarust.start({ toml: '', servers: { s: server } }))
    const bad = running.raw(await RawClient.open(infrarust.port))
    bad.send(bytes)
    await bad.closed()
    expect(await infrarust.record((each) => each.reason === 'bad_handshake')).toMatchObject({ client: '127.0.0.1' })
    expect(backend.connections).toHaveLength(0)
  })
})

function start(backendPort: number, toml: string): Promise<Infrarust> {
  return Infrarust.start({
    toml,
    servers: { s: `domains = ["a.example.com"]\naddresses = ["127.0.0.1:${backendPort}"]\n` },
  })
}

async function backendReceives(backend: RawBackend, text: string): Promise<void> {
  await expect.poll(() => backend.connections[0]?.bytes.includes(text), { timeout: 10_000 }).toBe(true)
}
