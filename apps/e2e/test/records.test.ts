import { join } from 'node:path'
import { encode } from '@infrarust/proxy-protocol'
import { freePort, loginBytes, RawBackend, RawClient, statusBytes, until } from '@infrarust/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Infrarust } from '../fixtures/infrarust.ts'
import { command } from '../fixtures/infrarust-command.ts'
import { Running } from '../fixtures/running.ts'

const hex = (text: string): Buffer => Buffer.from(text, 'hex')
const HANDSHAKE_ONLY = loginBytes('a.example.com').subarray(0, 21)
const HEADER = encode({
  command: 'PROXY',
  source: { address: '203.0.113.7', port: 54_321 },
  destination: { address: '192.0.2.10', port: 25_565 },
})
const LOCAL = encode({ command: 'LOCAL' })
const UNKNOWN = Buffer.from('PROXY UNKNOWN\r\n')

interface Ending {
  readonly name: string
  readonly bytes: readonly Uint8Array[]
  /** What the client does when it has sent them; waits otherwise. */
  readonly then?: 'end' | 'reset'
  readonly expected: object
}

/** Where players come directly. */
const DIRECT: readonly Ending[] = [
  { name: 'says nothing', bytes: [], expected: { reason: 'handshake_timeout', bytes_in: 0 } },
  { name: 'stops in its handshake', bytes: [hex('1000')], expected: { reason: 'handshake_timeout', bytes_in: 2 } },
  { name: 'leaves in its handshake', bytes: [hex('1000')], then: 'end', expected: { reason: 'client_closed' } },
  { name: 'resets in its handshake', bytes: [hex('1000')], then: 'reset', expected: { reason: 'client_reset' } },
  {
    name: 'names itself to nobody',
    bytes: [HANDSHAKE_ONLY],
    expected: { reason: 'login_timeout', intent: 'login', protocol: 765, domain: 'a.example.com', server: 's' },
  },
  { name: 'speaks HTTP', bytes: [Buffer.from('GET / HTTP/1.1\r\n\r\n')], expected: { reason: 'bad_handshake' } },
  { name: 'announces a frame of two megabytes', bytes: [hex('ffff7f')], expected: { reason: 'overrun' } },
  {
    name: 'pings as 1.3 did',
    bytes: [hex('fe')],
    expected: { reason: 'unknown_domain', intent: 'legacy_status', bytes_in: 1 },
  },
  {
    name: 'logs in as 1.2 did',
    bytes: [hex('02001a'), Buffer.from('Steve;x.example.com:25565\0', 'utf16le').swap16()],
    expected: { intent: 'legacy_login' },
  },
  {
    name: 'pings a dead server',
    bytes: [statusBytes('dead.example.com')],
    expected: { reason: 'server_down', intent: 'status', server: 'dead', domain: 'dead.example.com' },
  },
  {
    name: 'logs in to a dead server',
    bytes: [loginBytes('dead.example.com')],
    expected: { reason: 'server_down', intent: 'login', server: 'dead', player: 'Steve' },
  },
  {
    name: 'logs in nowhere',
    bytes: [loginBytes('Nobody.Example.Net.')],
    expected: { reason: 'unknown_domain', domain: 'nobody.example.net', player: 'Steve' },
  },
]

/** Behind a load balancer. */
const BEHIND: readonly Ending[] = [
  { name: 'says nothing', bytes: [], expected: { reason: 'header_timeout', client: '127.0.0.1' } },
  {
    name: 'stops in its header',
    bytes: [HEADER.subarray(0, 20)],
    expected: { reason: 'header_timeout', client: '127.0.0.1' },
  },
  { name: 'leaves before its header', bytes: [], then: 'end', expected: { reason: 'proxy_protocol' } },
  {
    name: 'stops behind its header',
    bytes: [HEADER],
    expected: {
      reason: 'handshake_timeout',
      client: '203.0.113.7',
      client_port: 54_321,
      proxy_version: 2,
      bytes_in: 0,
    },
  },
  {
    name: 'sends two headers',
    bytes: [HEADER, HEADER, loginBytes('a.example.com')],
    expected: { reason: 'proxy_protocol', client: '127.0.0.1' },
  },
  {
    name: 'is a health check',
    bytes: [LOCAL],
    then: 'end',
    expected: { reason: 'client_closed', client: '127.0.0.1', proxy_version: 2, proxy_command: 'LOCAL' },
  },
  {
    name: 'logs in after UNKNOWN',
    bytes: [UNKNOWN, loginBytes('nobody.example.net')],
    expected: { reason: 'unknown_domain', client: '127.0.0.1', proxy_version: 1, proxy_command: 'UNKNOWN' },
  },
]

/** Short, and yet longer than a busy machine may take from the connect to the first byte. */
/** Health checks that ask for nothing are lines of level debug. */
const TIMEOUTS = '[timeouts]\nhandshake = "2s"\nlogin_start = "2s"\n[log]\nlevel = "debug"\n'

describe.each([
  { where: 'directly', toml: TIMEOUTS, endings: DIRECT },
  {
    where: 'with a header',
    toml: `receive_proxy_protocol = true\n[proxy_protocol]\ntimeout = "2s"\n${TIMEOUTS}`,
    endings: BEHIND,
  },
])('a client that comes $where', ({ toml, endings }) => {
  const running = new Running()
  let backend: RawBackend
  let infrarust: Infrarust
  beforeAll(async () => {
    backend = running.add(await RawBackend.start())
    infrarust = running.add(
      await Infrarust.start({
        toml,
        servers: {
          s: `domains = ["a.example.com"]\naddresses = ["127.0.0.1:${backend.port}"]\n`,
          dead: `domains = ["dead.example.com"]\naddresses = ["127.0.0.1:${await freePort()}"]\n`,
        },
      }),
    )
  })
  afterAll(() => running.stopAll())

  /** Connections are accepted in turn; of one that is reset before, Node cannot say whose it was. */
  async function infrarustHasAccepted(): Promise<void> {
    const later = running.raw(await RawClient.open(infrarust.port))
    later.send(Buffer.from('GET / HTTP/1.1\r\n\r\n'))
    await later.closed()
  }

  it.each(endings)('and $name has one record that says so', async ({ bytes, then, expected }) => {
    const client = running.raw(await RawClient.open(infrarust.port))
    if (bytes.length > 0) client.send(...bytes)
    if (then === 'end') client.socket.end()
    if (then === 'reset') {
      await infrarustHasAccepted()
      client.socket.resetAndDestroy()
    }
    const record = await infrarust.recordOf(client)
    expect(record).toMatchObject({ peer: '127.0.0.1', listener: `127.0.0.1:${infrarust.port}`, ...expected })
    expect(infrarust.recordsOf(client)).toHaveLength(1)
    expect(backend.connections).toHaveLength(0)
  })
})

describe('a full proxy', () => {
  const running = new Running()
  afterAll(() => running.stopAll())

  it('lets the oldest mute connection go for a player, and refuses one only where all have said what they want', async () => {
    const backend = running.add(await RawBackend.start())
    const infrarust = running.add(
      await Infrarust.start({
        toml: 'max_connections = 2\n[timeouts]\nhandshake = "5m"\n',
        servers: { s: `domains = ["a.example.com"]\naddresses = ["127.0.0.1:${backend.port}"]\n` },
      }),
    )
    const older = running.raw(await RawClient.open(infrarust.port))
    // Relay threads tell of who is mute each for itself, some milliseconds later: those that came together have no order.
    await until(async () => {
      const { stdout } = await command('connections', '--json', '--config', join(infrarust.folder, 'infrarust.toml'))
      const { connections }: { connections: readonly object[] } = JSON.parse(stdout)
      return connections.length === 1
    }, 'the proxy to know of the older one')
    const newer = running.raw(await RawClient.open(infrarust.port))

    for (const [made, name] of [
      [older, 'Alex'],
      [newer, 'Steve'],
    ] as const) {
      const player = running.raw(await RawClient.open(infrarust.port))
      player.send(loginBytes('a.example.com', name))
      await player.receives('hello')
      await made.closed()
      const record = await infrarust.recordOf(made)
      expect(record).toMatchObject({ reason: 'proxy_full', bytes_in: 0 })
    }

    const refused = running.raw(await RawClient.open(infrarust.port))
    refused.send(loginBytes('a.example.com', 'Third'))
    await refused.receives('full')
    await until(() => refused.isClosed, 'the refused one to be closed')
    expect(refused.error).toBeUndefined()
    expect(await infrarust.recordOf(refused)).toMatchObject({
      reason: 'proxy_full',
    })
    expect(backend.connections).toHaveLength(2)
  })
})

describe('a client that has said all and closed its side', () => {
  const running = new Running()
  afterAll(() => running.stopAll())

  it('still gets what the backend says after that', async () => {
    const backend = running.add(
      await RawBackend.start({ onConnection: (socket) => void socket.on('end', () => socket.end('after the end')) }),
    )
    const infrarust = running.add(
      await Infrarust.start({
        servers: { s: `domains = ["a.example.com"]\naddresses = ["127.0.0.1:${backend.port}"]\n` },
      }),
    )
    const client = running.raw(await RawClient.open(infrarust.port))
    client.socket.end(loginBytes('a.example.com'))
    await client.receives('after the end')
    expect(await infrarust.record((record) => record.intent === 'login')).toMatchObject({ reason: 'client_closed' })
  })

  // A server that is slow to speak was told to be down, and warned of, for every player who gave up meanwhile.
  it('is what ended it, where the backend has said nothing and closes after it', async () => {
    const backend = running.add(await RawBackend.start({ onConnection: () => undefined }))
    const infrarust = running.add(
      await Infrarust.start({
        servers: { s: `domains = ["a.example.com"]\naddresses = ["127.0.0.1:${backend.port}"]\n` },
      }),
    )
    const client = running.raw(await RawClient.open(infrarust.port))
    client.send(loginBytes('a.example.com'))
    await until(() => (backend.connections[0]?.bytes.length ?? 0) > 0, 'the login at the backend')
    client.socket.end()
    expect(await infrarust.recordOf(client)).toMatchObject({ reason: 'client_closed', server: 's', player: 'Steve' })
    expect(infrarust.child.lines.filter((line) => line.includes('did not answer'))).toEqual([])
  })
})
