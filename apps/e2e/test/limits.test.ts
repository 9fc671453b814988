import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AccessRecord } from '@infrarust/core'
import { encode } from '@infrarust/proxy-protocol'
import { loginBytes, RawBackend, RawClient, statusBytes, until } from '@infrarust/test-kit'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { clientAt } from '../fixtures/balanced.ts'
import { Haproxy } from '../fixtures/haproxy.ts'
import { Infrarust } from '../fixtures/infrarust.ts'
import { havePeers } from '../fixtures/programs.ts'
import { Running } from '../fixtures/running.ts'

const running = new Running()
afterEach(() => running.stopAll())

const TOLD = 'You connect too often'
const LOGIN = loginBytes('a.example.com')
/** Where the balancer's connections come from, as those of a container come from its bridge. */
const BRIDGE = '127.0.0.9'
const BEHIND = `receive_proxy_protocol = true\n[proxy_protocol]\ntrusted = ["${BRIDGE}"]\n`

async function start(
  toml: string,
  ofServer = '',
  parts = running,
): Promise<{ infrarust: Infrarust; backend: RawBackend }> {
  const backend = parts.add(await RawBackend.start())
  const servers = { s: `domains = ["a.example.com"]\naddresses = ["127.0.0.1:${backend.port}"]\n${ofServer}` }
  return { backend, infrarust: parts.add(await Infrarust.start({ toml, servers })) }
}

/** Whether a login got to the backend or was told that it comes too often. */
async function outcome(client: RawClient): Promise<'in' | 'limited' | 'other'> {
  running.raw(client)
  await until(() => client.received.length > 0 || client.isClosed, 'an answer')
  if (client.received.includes('hello')) return 'in'
  return client.received.includes(TOLD) ? 'limited' : 'other'
}

async function logins(count: number, open: () => Promise<RawClient>): Promise<readonly string[]> {
  const outcomes: string[] = []
  for (let login = 0; login < count; login++) outcomes.push(await outcome(await open()))
  return outcomes
}

describe.runIf(havePeers('limits behind a real load balancer', 'haproxy'))('behind HAProxy with PROXY v2', () => {
  const inFrontOf = ({ port }: Infrarust): Promise<Haproxy> =>
    Haproxy.start({ bind: 'accept-proxy', to: `127.0.0.1:${port}`, server: `send-proxy-v2 source ${BRIDGE}` })
  const behindHaproxy = async (toml: string): Promise<{ port: number; infrarust: Infrarust }> => {
    const { infrarust } = await start(BEHIND + toml)
    return { port: running.add(await inFrontOf(infrarust)).port, infrarust }
  }

  /** With budgets for each client, and each test has clients of its own. */
  const standing = new Running()
  let budgets: { port: number; infrarust: Infrarust }
  beforeAll(async () => {
    const { infrarust } = await start(`${BEHIND}[rate_limit]\nstatus_max = 2\n`, '', standing)
    budgets = { port: standing.add(await inFrontOf(infrarust)).port, infrarust }
  })
  afterAll(() => standing.stopAll())

  it.each([
    ['IPv4 addresses', ['203.0.113.17', '203.0.113.17', '203.0.113.17', '203.0.113.17'], '203.0.113.18'],
    [
      'addresses of one IPv6 /64',
      ['2001:db8:1:2::1', '2001:db8:1:2::2', '2001:db8:1:2:f::3', '2001:db8:1:2::4'],
      '2001:db8:1:3::1',
    ],
    [
      'mapped addresses',
      ['::ffff:203.0.113.27', '203.0.113.27', '::ffff:203.0.113.27', '203.0.113.27'],
      '::ffff:203.0.113.28',
    ],
  ])('counts %s as the clients that they are', async (_, addresses, other) => {
    const { port, infrarust } = budgets
    const client = addresses[3]?.replace('::ffff:', '') ?? ''
    const outcomes: string[] = []
    for (const address of addresses) outcomes.push(await outcome(await clientAt(address, port, LOGIN)))
    expect(outcomes).toEqual(['in', 'in', 'in', 'limited'])
    expect(await outcome(await clientAt(other, port, LOGIN))).toBe('in')
    const record = await infrarust.record((each) => each.reason === 'rate_limited' && each.client === client)
    expect(record).toMatchObject({ peer: BRIDGE, intent: 'login' })
  })

  it('gives pings a budget of their own, legacy ones in it', async () => {
    const { port, infrarust } = budgets
    const [pinging, other] = ['203.0.113.37', '203.0.113.38']
    const legacyPing = Buffer.from('fe01', 'hex')
    for (const bytes of [statusBytes('a.example.com'), legacyPing, legacyPing]) {
      const client = running.raw(await clientAt(pinging, port, bytes))
      await until(() => client.received.length > 0 || client.isClosed, 'an answer')
    }
    const isLimited = ({ client, reason }: AccessRecord): boolean => client === pinging && reason === 'rate_limited'
    expect(await infrarust.record(isLimited)).toMatchObject({ intent: 'legacy_status' })
    expect(infrarust.records.filter(isLimited)).toHaveLength(1)
    expect(await outcome(await clientAt(pinging, port, LOGIN))).toBe('in')
    running.raw(await clientAt(other, port, legacyPing))
    await infrarust.record(({ client, reason }) => client === other && reason !== 'rate_limited')
  })

  // One address that only opened connections held all of them, until the deadline and again.
  it('closes the oldest mute connection of a client that has too many, and leaves all others alone', async () => {
    const { port, infrarust } = await behindHaproxy('[rate_limit]\nmax_connections = 0\nmax_pending = 4\n')
    const open = async (address: string): Promise<RawClient> => running.raw(await clientAt(address, port))
    const others = await Promise.all(Array.from({ length: 40 }, (_, at) => open(`198.51.100.${at}`)))
    const mute: RawClient[] = []
    for (let count = 0; count < 12; count++) mute.push(await open('203.0.113.7'))
    await until(() => mute.filter(({ isClosed }) => isClosed).length === 8, 'eight to be closed')
    const refused = (): number =>
      infrarust.records.filter(({ reason, client }) => reason === 'rate_limited' && client === '203.0.113.7').length
    await until(() => refused() === 8, 'a record of each')
    expect(await outcome(await clientAt('203.0.113.7', port, LOGIN))).toBe('in')
    expect(others.filter(({ isClosed }) => isClosed)).toEqual([])
    for (const client of others.slice(0, 3)) expect(await outcome(client.send(LOGIN))).toBe('in')
  })

  it('gains nobody anything who forges a header at the proxy itself', async () => {
    const { port, infrarust } = await behindHaproxy('[rate_limit]\nmax_connections = 1\n')
    expect(await outcome(await clientAt('203.0.113.7', port, LOGIN))).toBe('in')
    for (let attempt = 0; attempt < 5; attempt++) {
      const client = await clientAt(`203.0.113.${attempt + 10}`, infrarust.port, LOGIN)
      expect(await outcome(client)).toBe('other')
    }
    expect(await outcome(await clientAt('203.0.113.10', port, LOGIN))).toBe('in')
    const forged = () => infrarust.records.filter(({ reason }) => reason === 'proxy_protocol')
    await expect.poll(forged, { timeout: 20_000 }).toHaveLength(5)
  })
})

it('a health check with LOCAL is exempt, and a login after it limited by its peer', async () => {
  const local = encode({ command: 'LOCAL' })
  const { infrarust } = await start(
    `receive_proxy_protocol = true\n[rate_limit]\nmax_connections = 2\nstatus_max = 1\n`,
  )
  const from = async (bytes: Uint8Array): Promise<RawClient> =>
    (await RawClient.open(infrarust.port)).send(local, bytes)
  expect(await logins(5, () => from(statusBytes('a.example.com')))).not.toContain('limited')
  expect(await logins(3, () => from(LOGIN))).toEqual(['in', 'in', 'limited'])
  expect(await infrarust.record(({ reason }) => reason === 'rate_limited')).toMatchObject({
    client: '127.0.0.1',
    proxy_command: 'LOCAL',
  })
})

it('one address that opens a thousand connections holds thirty-two, and a player from there comes in', async () => {
  const { infrarust } = await start('[rate_limit]\nmax_connections = 0\n')
  const mute: RawClient[] = []
  // Some are reset before they know that they are connected: relay threads tell of those that came together in no order.
  for (let batch = 0; batch < 10; batch++) {
    const opened = await Promise.allSettled(Array.from({ length: 100 }, () => RawClient.open(infrarust.port)))
    mute.push(...opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])))
  }
  for (const client of mute) running.raw(client)
  await until(() => mute.filter(({ isClosed }) => !isClosed).length <= 32, 'all but 32 to be closed')
  expect(await outcome((await RawClient.open(infrarust.port)).send(LOGIN))).toBe('in')
  const elsewhere = await RawClient.open(infrarust.port, { from: '127.0.0.7' })
  expect(await outcome(elsewhere.send(LOGIN))).toBe('in')
  expect(mute.filter(({ isClosed }) => !isClosed).length).toBeGreaterThanOrEqual(30)
})

it('every number changes while the proxy runs, for the next connection, and sessions go on', async () => {
  const { infrarust, backend } = await start('[rate_limit]\nmax_connections = 1\nwindow = "1h"\n')
  const session = running.raw(await RawClient.open(infrarust.port))
  session.send(loginBytes('a.example.com', 'Session'))
  await session.receives('hello')
  const open = (bytes: Uint8Array) => async (): Promise<RawClient> => (await RawClient.open(infrarust.port)).send(bytes)
  const write = async (limits: string): Promise<void> => {
    const before = infrarust.child.lines.filter((line) => line.includes('configuration changed')).length
    const file = join(infrarust.folder, 'infrarust.toml')
    writeFileSync(file, `bind = "127.0.0.1:${infrarust.port}"\n[transport]\nkind = "node"\n[rate_limit]\n${limits}`)
    await until(
      () => infrarust.child.lines.filter((line) => line.includes('configuration changed')).length > before,
      'the change to be read',
    )
  }
  expect(await logins(1, open(LOGIN))).toEqual(['limited'])
  await write('max_connections = 2\nwindow = "1h"\n')
  expect(await logins(2, open(LOGIN))).toEqual(['in', 'limited'])
  await write('max_connections = 2\nwindow = "1ms"\n')
  expect(await logins(1, open(LOGIN))).toEqual(['in'])
  await write('max_connections = 0\nmax_concurrent = 1\n')
  expect(await logins(1, open(LOGIN))).toEqual(['limited'])
  await write('max_connections = 0\nmax_concurrent = 1\nexempt = ["127.0.0.0/8"]\n')
  expect(await logins(1, open(LOGIN))).toEqual(['in'])
  await write('max_connections = 0\nstatus_max = 1\nstatus_window = "1h"\n')
  const refused = (): number => infrarust.records.filter(({ reason }) => reason === 'rate_limited').length
  const before = refused()
  await logins(2, open(statusBytes('a.example.com')))
  await until(() => refused() === before + 1, 'the second ping to be limited')
  await write('max_connections = 0\nstatus_max = 1\nstatus_window = "1h"\nipv4_prefix = 8\n')
  infrarust.writeServer(
    's',
    `domains = ["a.example.com"]\naddresses = ["127.0.0.1:${backend.port}"]\n[rate_limit]\nmax_connections = 1\nwindow = "1h"\n`,
  )
  await infrarust.logged('changed: a.example.com')
  expect(await logins(2, open(LOGIN))).toEqual(['in', 'limited'])
  expect(
    await logins(1, async () => (await RawClient.open(infrarust.port, { from: '127.9.9.9' })).send(LOGIN)),
  ).toEqual(['limited'])
  // Only the rate is left that could refuse them: pings have no other limit, and come at the same time.
  await write('status_max = 0\naccept_rate = 1\n')
  const earlier = refused()
  await Promise.all(Array.from({ length: 10 }, () => logins(1, open(statusBytes('a.example.com')))))
  await until(() => refused() > earlier, 'one of ten pings to be limited')
  session.send(Buffer.from('still here'))
  await until(() => backend.connections[0]?.bytes.includes('still here') ?? false, 'the session to go on')
})

it('a flood of refusals is counted in the log, each connection once', async () => {
  const { infrarust } = await start('[rate_limit]\nmax_connections = 1\nwindow = "1h"\n')
  const flood = 400
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      for (let login = 0; login < flood / 20; login++) {
        const client = (await RawClient.open(infrarust.port)).send(LOGIN)
        await until(() => client.received.length > 0 || client.isClosed, 'an answer')
        client.destroy()
      }
    }),
  )
  const whole = (): number => infrarust.records.filter(({ reason }) => reason === 'rate_limited').length
  const counted = (): number =>
    infrarust.child.lines
      .filter((line) => line.includes('"event":"refusals"'))
      .map((line): { reason: string; count: number } => JSON.parse(line))
      .filter(({ reason }) => reason === 'rate_limited')
      .reduce((sum, { count }) => sum + count, 0)
  await until(
    () => whole() + counted() === flood - 1,
    'every refusal to be in the log',
    () => `${whole()} + ${counted()}`,
  )
})
