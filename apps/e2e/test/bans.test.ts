import { once } from 'node:events'
import { join } from 'node:path'
import { encode } from '@infrarust/proxy-protocol'
import { loginBytes, RawBackend, RawClient, until } from '@infrarust/test-kit'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ban } from '../fixtures/ban.ts'
import { Haproxy } from '../fixtures/haproxy.ts'
import { Infrarust } from '../fixtures/infrarust.ts'
import { command } from '../fixtures/infrarust-command.ts'
import { login, ping } from '../fixtures/minecraft-client.ts'
import { MinecraftServer } from '../fixtures/minecraft-server.ts'
import { havePeers } from '../fixtures/programs.ts'
import { Running } from '../fixtures/running.ts'

const running = new Running()
afterEach(() => running.stopAll())

const OTHER = '127.0.0.90'
const DOMAIN = 'a.example.com'

function start(backendPort: number, toml = 'receive_proxy_protocol = true\n'): Promise<Infrarust> {
  return Infrarust.start({
    toml,
    servers: { s: `domains = ["${DOMAIN}"]\naddresses = ["127.0.0.1:${backendPort}"]\n` },
  })
}

describe.runIf(havePeers('bans behind a real load balancer', 'haproxy')).each(['send-proxy-v2', 'send-proxy'])(
  'two clients behind one HAProxy with %s',
  (sends) => {
    /** Each test bans an address of its own. */
    const standing = new Running()
    let infrarust: Infrarust
    let port: number
    beforeAll(async () => {
      const backend = standing.add(await MinecraftServer.start({ motd: 'survival' }))
      infrarust = standing.add(await start(backend.port))
      port = standing.add(await Haproxy.start({ to: `127.0.0.1:${infrarust.port}`, server: sends })).port
    })
    afterAll(() => standing.stopAll())

    it.each([
      { target: '127.0.0.61', banned: '127.0.0.61' },
      { target: '127.0.0.62/32', banned: '127.0.0.62' },
      { target: '::ffff:127.0.0.63', banned: '127.0.0.63' },
    ])('keeps out the one whose address is banned as $target, and nobody else', async ({ target, banned }) => {
      await ban(infrarust, 'add', target, '--reason', 'griefing')
      const kicked = await login({ port, domain: DOMAIN, from: banned })
      expect(kicked).toMatchObject({ kind: 'kicked', text: expect.stringContaining('griefing') })
      expect(JSON.stringify(await ping({ port, domain: DOMAIN, from: banned }))).toContain('You are banned.')
      expect(await login({ port, domain: DOMAIN, from: OTHER })).toMatchObject({ kind: 'joined' })
      const record = await infrarust.record(({ client, intent }) => client === banned && intent === 'login')
      expect(record).toMatchObject({ peer: '127.0.0.1', reason: 'banned' })
      expect(record).not.toHaveProperty('endpoint')
    })
    it('ends the session of the banned one, and not that of the other', async () => {
      const banned = '127.0.0.64'
      const [one, two] = [
        await login({ port, domain: DOMAIN, from: banned, name: 'Ends' }),
        await login({ port, domain: DOMAIN, from: OTHER, name: 'Alex' }),
      ]
      if (one.kind !== 'joined' || two.kind !== 'joined') throw new Error('not let in')
      let hasOtherEnded = false
      two.client.on('end', () => {
        hasOtherEnded = true
      })
      const ended = once(one.client, 'end')
      await ban(infrarust, 'add', banned)
      await ended
      expect(await infrarust.record(({ player }) => player === 'Ends')).toMatchObject({ reason: 'banned' })
      expect(hasOtherEnded).toBe(false)
    })
    it('answers each legacy ping of the banned one with the ban', async () => {
      const banned = '127.0.0.65'
      await ban(infrarust, 'add', banned)
      for (const bytes of ['fe', 'fe01']) {
        const client = running.raw(await RawClient.open(port, { from: banned }))
        client.send(Buffer.from(bytes, 'hex'))
        await client.closed()
        expect(client.received[0]).toBe(0xff)
        expect(utf16(client.received.subarray(3))).toContain('banned')
      }
      const ofBan = () => infrarust.records.filter(({ reason, client }) => reason === 'banned' && client === banned)
      await expect.poll(ofBan, { timeout: 20_000 }).toHaveLength(2)
    })
    it('keeps out an IPv6 client', async () => {
      const to = `127.0.0.1:${infrarust.port}`
      const front = running.add(await Haproxy.start({ host: '::1', to, server: sends }))
      await ban(infrarust, 'add', '::/64')
      expect(await login({ port: front.port, host: '::1', domain: DOMAIN })).toMatchObject({ kind: 'kicked' })
      expect(await infrarust.record(({ client }) => client === '::1')).toMatchObject({ reason: 'banned' })
    })
  },
)

describe('the address in a header', () => {
  const standing = new Running()
  let backend: RawBackend
  let infrarust: Infrarust
  beforeAll(async () => {
    backend = standing.add(await RawBackend.start())
    infrarust = standing.add(await start(backend.port))
    await ban(infrarust, 'add', '2001:db8:0:66::/64', '203.0.113.7')
  })
  afterAll(() => standing.stopAll())

  it.each([
    { name: 'an IPv6 address of a banned network', source: ipv6('20010db8000000660000000000000007'), isBanned: true },
    { name: 'an IPv6 address beside it', source: ipv6('20010db8000000670000000000000007'), isBanned: false },
    { name: '::ffff: and a banned IPv4 address', source: ipv6('00000000000000000000ffffcb007107'), isBanned: true },
    { name: '::ffff: and another IPv4 address', source: ipv6('00000000000000000000ffffcb007108'), isBanned: false },
  ])('is what a ban is about: $name', async ({ source, isBanned }) => {
    const before = backend.connections.length
    const client = running.raw(await RawClient.open(infrarust.port))
    client.send(source, loginBytes(DOMAIN))
    await client.receives(isBanned ? 'banned' : 'hello')
    expect(backend.connections).toHaveLength(before + (isBanned ? 0 : 1))
  })
  it('gains a client nothing from outside the trusted networks', async () => {
    const backend = running.add(await RawBackend.start())
    const toml = '[proxy_protocol]\nmode = "optional"\ntrusted = ["10.0.0.0/8"]\n'
    const infrarust = running.add(await start(backend.port, toml))
    await ban(infrarust, 'add', '127.0.0.1')
    const forged = running.raw(await RawClient.open(infrarust.port))
    forged.send(headerFrom('203.0.113.8'), loginBytes(DOMAIN))
    await forged.closed()
    expect(await infrarust.record(({ reason }) => reason === 'proxy_protocol')).toMatchObject({ client: '127.0.0.1' })
    const direct = running.raw(await RawClient.open(infrarust.port))
    direct.send(loginBytes(DOMAIN))
    await direct.receives('banned')
    expect(backend.connections).toHaveLength(0)
  })
  it('is that of the peer for a login after LOCAL', async () => {
    const before = backend.connections.length
    await ban(infrarust, 'add', '127.0.0.1')
    const client = running.raw(await RawClient.open(infrarust.port))
    client.send(encode({ command: 'LOCAL' }), loginBytes(DOMAIN))
    await client.receives('banned')
    expect(backend.connections).toHaveLength(before)
  })
})

describe('a ban that lands', () => {
  /** Each test bans somebody else. */
  const standing = new Running()
  let backend: RawBackend
  let mute: RawBackend
  let infrarust: Infrarust
  beforeAll(async () => {
    backend = standing.add(await RawBackend.start())
    mute = standing.add(await RawBackend.start({ onConnection: () => {} }))
    infrarust = standing.add(
      await Infrarust.start({
        servers: {
          s: `domains = ["${DOMAIN}"]\naddresses = ["127.0.0.1:${backend.port}"]\n`,
          mute: `domains = ["mute.example.com"]\naddresses = ["127.0.0.1:${mute.port}"]\n`,
        },
      }),
    )
  })
  afterAll(() => standing.stopAll())

  it('while its player is dialled keeps the player out', async () => {
    const client = running.raw(await RawClient.open(infrarust.port))
    client.send(loginBytes('mute.example.com', 'Dialled'))
    await until(() => (mute.connections[0]?.bytes.length ?? 0) > 0, 'the login to reach the server')
    await ban(infrarust, 'add', 'Dialled', '--reason', 'griefing')
    await client.receives('griefing')
    await client.closed()
    expect(await infrarust.record(({ player }) => player === 'Dialled')).toMatchObject({ reason: 'banned' })
  })
  it('on a player with blanks in the name ends the session and keeps the player out; a kick ends it, too', async () => {
    const joined = async (name: string): Promise<RawClient> =>
      running.raw(await RawClient.open(infrarust.port)).send(loginBytes(DOMAIN, name))
    const other = await joined('.Bed')
    await other.receives('hello')

    const kicked = await joined('.Bed Rock')
    await kicked.receives('hello')
    const config = ['--config', join(infrarust.folder, 'infrarust.toml')]
    const listed = await command('connections', '--name', '.bed rock', '--json', ...config)
    expect(JSON.parse(listed.stdout)).toMatchObject({ connections: [{ player: '.Bed Rock' }] })
    const { stdout } = await command('kick', '--name', '.bed rock', ...config)
    expect(stdout).toMatch(/^kicked \d+: \.Bed Rock from /)
    await kicked.closed()
    expect(await infrarust.recordOf(kicked)).toMatchObject({ reason: 'kicked', player: '.Bed Rock' })

    const banned = await joined('.Bed Rock')
    await banned.receives('hello')
    expect(await ban(infrarust, 'add', '--name', '.bed rock', '--reason', 'griefing')).toBe('banned .bed rock\n')
    await banned.closed()
    expect(await infrarust.recordOf(banned)).toMatchObject({ reason: 'banned', player: '.Bed Rock' })
    await (await joined('.BED ROCK')).receives('griefing')
    expect(await ban(infrarust, 'list')).toContain("--name '.bed rock'")

    expect(await ban(infrarust, 'remove', '--name', '.Bed Rock')).toBe('unbanned .Bed Rock\n')
    await (await joined('.Bed Rock')).receives('hello')
    expect(other.isClosed).toBe(false)
  })
  it('before its player has said everything keeps the player out', async () => {
    const before = backend.connections.length
    const client = running.raw(await RawClient.open(infrarust.port, { from: '127.0.0.66' }))
    const bytes = loginBytes(DOMAIN, 'Steve')
    client.send(bytes.subarray(0, -1))
    await ban(infrarust, 'add', '127.0.0.66')
    await client.receives('banned')
    expect(backend.connections).toHaveLength(before)
  })
})

function headerFrom(address: string): Uint8Array {
  return encode({
    command: 'PROXY',
    source: { address, port: 54_321 },
    destination: { address: '198.51.100.2', port: 25_565 },
  })
}

/** A v2 TCP6 header as it is on the wire: our own encoder would write a mapped address as IPv4. */
function ipv6(sourceHex: string): Uint8Array {
  const signatureAndFamily = '0d0a0d0a000d0a515549540a2121' + '0024'
  return Buffer.from(`${signatureAndFamily}${sourceHex}20010db8000000000000000000000001d43163dd`, 'hex')
}

function utf16(bytes: Buffer): string {
  return Buffer.from(bytes.subarray(0, bytes.length & ~1))
    .swap16()
    .toString('utf16le')
}
