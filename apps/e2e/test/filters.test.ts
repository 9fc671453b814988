import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encode } from '@infrarust/proxy-protocol'
import { loginBytes, RawBackend, RawClient, until } from '@infrarust/test-kit'
import { afterEach, describe, expect, it } from 'vitest'
import { clientAt } from '../fixtures/balanced.ts'
import { Haproxy } from '../fixtures/haproxy.ts'
import { Infrarust } from '../fixtures/infrarust.ts'
import { havePeers } from '../fixtures/programs.ts'
import { Running } from '../fixtures/running.ts'

const running = new Running()
afterEach(() => running.stopAll())

const LOGIN = loginBytes('a.example.com')
const TOLD = 'You may not connect from this address'

async function start(toml: string, ofServer = ''): Promise<{ infrarust: Infrarust; backend: RawBackend }> {
  const backend = running.add(await RawBackend.start())
  return {
    backend,
    infrarust: running.add(await Infrarust.start({ toml, servers: { s: serverFile(backend, ofServer) } })),
  }
}

function serverFile(backend: RawBackend, more = ''): string {
  return `domains = ["a.example.com"]\naddresses = ["127.0.0.1:${backend.port}"]\n${more}`
}

async function outcome(client: RawClient): Promise<'in' | 'filtered' | 'other'> {
  await until(() => client.received.length > 0 || client.isClosed, 'an answer')
  client.destroy()
  if (client.received.includes('hello')) return 'in'
  return client.received.includes(TOLD) ? 'filtered' : 'other'
}

async function loginFrom(port: number, from = '127.0.0.1'): Promise<string> {
  return await outcome((await RawClient.open(port, { from })).send(LOGIN))
}

describe.runIf(havePeers('filters behind a real load balancer', 'haproxy'))('behind HAProxy with PROXY v2', () => {
  it('one of two clients behind the same balancer is filtered, in both families and mapped', async () => {
    const { infrarust, backend } = await start(
      'receive_proxy_protocol = true\n[ip_filter]\nblacklist = ["203.0.113.7", "2001:db8:bad::/48"]\n',
    )
    const to = `127.0.0.1:${infrarust.port}`
    const { port } = running.add(await Haproxy.start({ bind: 'accept-proxy', to, server: 'send-proxy-v2' }))
    const rows = [
      ['203.0.113.7', 'filtered'],
      ['203.0.113.8', 'in'],
      ['::ffff:203.0.113.7', 'filtered'],
      ['2001:db8:bad::7', 'filtered'],
      ['2001:db8:f00d::7', 'in'],
    ] as const
    for (const [address, expected] of rows) {
      expect([address, await outcome(await clientAt(address, port, LOGIN))]).toEqual([address, expected])
    }
    const legacy = await clientAt('203.0.113.7', port, Buffer.from('fe01', 'hex'))
    await legacy.closed()
    const text = Buffer.from(legacy.received.subarray(3)).swap16().toString('utf16le')
    expect(text).toContain(TOLD)
    expect(backend.connections).toHaveLength(2)
    expect(await infrarust.record(({ reason }) => reason === 'filtered')).toMatchObject({
      client: '203.0.113.7',
      peer: '127.0.0.1',
    })
  })
})

it('one that sends LOCAL and then logs in is filtered by its peer address', async () => {
  const { infrarust } = await start('receive_proxy_protocol = true\n[ip_filter]\nwhitelist = ["203.0.113.0/24"]\n')
  const client = (await RawClient.open(infrarust.port)).send(encode({ command: 'LOCAL' }), LOGIN)
  expect(await outcome(client)).toBe('filtered')
})

it('lists from files are followed, relative to the file that names them, and a bad line changes nothing', async () => {
  const { infrarust, backend } = await start('[ip_filter]\nblacklist_file = "blocked.txt"\n')
  const { port } = infrarust
  // There is none yet: that is one message, and nobody is on it.
  await infrarust.logged('blocked.txt: no such file')
  expect(await loginFrom(port, '127.0.0.7')).toBe('in')

  const list = join(infrarust.folder, 'blocked.txt')
  writeFileSync(list, '# blocked\n127.0.0.7\n')
  await until(async () => (await loginFrom(port, '127.0.0.7')) === 'filtered', 'the list to be read')
  expect(await loginFrom(port, '127.0.0.8')).toBe('in')

  writeFileSync(list, '127.0.0.8\n127.0.0.999\n')
  expect(await infrarust.logged('blocked.txt:2')).toContain('the list stays as it was')
  expect([await loginFrom(port, '127.0.0.7'), await loginFrom(port, '127.0.0.8')]).toEqual(['filtered', 'in'])

  writeFileSync(`${list}.new`, '127.0.0.8 # renamed into place\n')
  renameSync(`${list}.new`, list)
  await until(async () => (await loginFrom(port, '127.0.0.8')) === 'filtered', 'the list renamed into place')
  expect(await loginFrom(port, '127.0.0.7')).toBe('in')

  writeFileSync(join(infrarust.folder, 'servers', 'friends.txt'), '127.0.0.9\n')
  infrarust.writeServer('s', serverFile(backend, '[ip_filter]\nwhitelist_file = "friends.txt"\n'))
  await until(async () => (await loginFrom(port, '127.0.0.7')) === 'filtered', 'the server to have its own list')
  expect(await loginFrom(port, '127.0.0.9')).toBe('in')
})

it('each key changes while the proxy runs, for the next connection, and sessions go on', async () => {
  const { infrarust, backend } = await start('')
  const { port } = infrarust
  const session = running.raw(await RawClient.open(port))
  session.send(LOGIN)
  await session.receives('hello')
  const write = (filter: string): void =>
    writeFileSync(
      join(infrarust.folder, 'infrarust.toml'),
      `bind = "127.0.0.1:${port}"\n[rate_limit]\nmax_connections = 0\n[ip_filter]\n${filter}`,
    )
  const becomes = (from: string, expected: string): Promise<void> =>
    until(async () => (await loginFrom(port, from)) === expected, `${from} to be ${expected}`)

  write('blacklist = ["127.0.0.1"]\n')
  await becomes('127.0.0.1', 'filtered')
  write('whitelist = ["127.0.0.7"]\n')
  await becomes('127.0.0.9', 'filtered')
  expect(await loginFrom(port, '127.0.0.7')).toBe('in')
  writeFileSync(join(infrarust.folder, 'friends.txt'), '127.0.0.8')
  write('whitelist_file = "friends.txt"\n')
  await becomes('127.0.0.8', 'in')
  expect(await loginFrom(port, '127.0.0.7')).toBe('filtered')
  write('')
  await becomes('127.0.0.7', 'in')
  infrarust.writeServer('s', serverFile(backend, '[ip_filter]\nblacklist = ["127.0.0.7"]\n'))
  await becomes('127.0.0.7', 'filtered')
  expect(await loginFrom(port)).toBe('in')
  session.send(Buffer.from('still here'))
  await until(() => backend.connections[0]?.bytes.includes('still here') ?? false, 'the session to go on')
})
