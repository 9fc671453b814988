import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encode } from '@infrarust/proxy-protocol'
import { folderWith, loginBytes, statusBytes, until } from '@infrarust/test-kit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { addressShortener } from '../src/log/shown-address.ts'
import { connected, ping } from './client.ts'
import { finish, start } from './program.ts'
import { Running } from './running.ts'

const CLIENT = '203.0.113.77'
const CLIENT_6 = '2001:db8:1:2:3:4:5:6'

function header(address: string): Uint8Array {
  const isIPv6 = address.includes(':')
  return encode({
    command: 'PROXY',
    source: { address, port: 54_321 },
    destination: { address: isIPv6 ? '2001:db8::25' : '192.0.2.10', port: 25_565 },
  })
}

/** Everything until the other side ends. */
async function send(port: number, ...parts: readonly Uint8Array[]): Promise<void> {
  const socket = await connected(port)
  socket.on('error', () => undefined)
  socket.resume()
  const gone = new Promise((resolve) => socket.once('close', resolve))
  socket.end(Buffer.concat(parts))
  await gone
}

describe('[log] addresses = "prefix"', { timeout: 120_000 }, () => {
  it.each(['json', 'pretty'])('leaves no address of a client or peer in any line of the log, as %s', async (format) => {
    const log = `[log]\nformat = "${format}"\naddresses = "prefix"\nfile = "log/all.log"\nlevel = "debug"\n`
    const folder = folderWith({ 'infrarust.toml': `[proxy_protocol]\nmode = "required"\n${log}`, 'servers/.keep': '' })
    const config = join(folder, 'infrarust.toml')
    const program = start(['--bind', '127.0.0.1:0'], { cwd: folder })
    onTestFinished(() => void program.kill('SIGKILL'))
    let text = ''
    program.stdout.on('data', (data) => {
      text += String(data)
    })
    const listening = /listening on 127\.0\.0\.1:(\d+)/
    await until(
      () => listening.test(text),
      'it listens',
      () => text,
    )
    const port = Number(listening.exec(text)?.[1])
    await send(port, header(CLIENT), loginBytes('a.example.com', 'Notch'))
    await send(port, header(CLIENT_6), statusBytes('a.example.com'))
    // A header that is none, which has a warning of its own with the peer in it.
    await send(port, loginBytes('a.example.com', 'Notch'))
    // More than a load balancer sends in a minute, whenever that begins.
    await until(async () => {
      for (let count = 0; count < 10; count++) await send(port, encode({ command: 'LOCAL' }))
      return text.includes('has sent more than 60 connections')
    }, 'the warning about a peer with many of them')
    expect((await finish(['ban', 'add', CLIENT, '--config', config])).code).toBe(0)
    await until(
      () => text.includes('banned something'),
      'the last line',
      () => text,
    )
    const file = (): string => readFileSync(join(folder, 'log/all.1.log'), 'utf8')
    await until(() => file().includes('banned something'), 'the last line in the file')
    text += file()

    for (const address of [CLIENT, '2001:db8:1:2']) expect(text).not.toContain(address)
    for (const line of text.split('\n').filter((each) => !/listening on|127\.0\.0\.1:0/.test(each)))
      expect(line).not.toContain('127.0.0.1')
    expect(text).toContain('203.0.113.0/24')
    expect(text).toContain('2001:db8:1::/48')
    expect(text).toMatch(/\(peer 127\.0\.0\.0\/24 port \d+, listener/)
    expect(text).toContain('peer 127.0.0.0/24 has sent more than 60 connections')
    expect(text).toContain('banned something in 203.0.113.0/24 by')
  })

  it('takes effect while the proxy runs, and is off unless it is asked for', async () => {
    const toml = '[proxy_protocol]\nmode = "required"\n'
    const folder = folderWith({ 'infrarust.toml': toml })
    const running = new Running(folder)
    const port = await running.port()
    await send(port, header(CLIENT), loginBytes('a.example.com', 'First'))
    expect(await running.access(({ player }) => player === 'First')).toMatchObject({
      client: CLIENT,
      peer: '127.0.0.1',
    })
    writeFileSync(join(folder, 'infrarust.toml'), `${toml}[log]\naddresses = "prefix"\n`)
    await running.logged('log.addresses')
    await send(port, header(CLIENT), loginBytes('a.example.com', 'Second'))
    expect(await running.access(({ player }) => player === 'Second')).toMatchObject({
      client: '203.0.113.0/24',
      client_port: 54_321,
      peer: '127.0.0.0/24',
    })
  })

  it('keeps as much of an address as is said', () => {
    const shorten = addressShortener({ addresses: 'prefix' })
    expect(['192.0.2.255', '2001:db8:aaaa:bbbb::1', '::1', '::'].map((address) => shorten?.(address))).toEqual([
      '192.0.2.0/24',
      '2001:db8:aaaa::/48',
      '::/48',
      '::/48',
    ])
    expect(addressShortener({ addresses: 'full' })).toBeUndefined()
  })
})

describe('[log] pings = false', { timeout: 60_000 }, () => {
  it('writes no list pings but those that speak against their client, and every login', async () => {
    const limit = '[rate_limit]\nstatus_max = 2\nstatus_window = "1h"\n'
    const folder = folderWith({ 'infrarust.toml': `${limit}[log]\npings = false\n`, 'servers/.keep': '' })
    const running = new Running(folder)
    const port = await running.port()
    for (let count = 0; count < 2; count++) (await ping(port, 'a.example.com')).socket.destroy()
    await send(port, statusBytes('a.example.com'))
    await send(port, loginBytes('a.example.com', 'Notch'))
    await running.access(({ player }) => player === 'Notch')
    const written = running.lines.filter(({ event }) => event === 'access')
    expect(written.map(({ intent, reason }) => `${intent} ${reason}`)).toEqual([
      'status rate_limited',
      'login unknown_domain',
    ])
  })
})

describe('[log] levels', { timeout: 60_000 }, () => {
  it.each([
    ['', 'info'],
    ['levels = "numbers"\n', 30],
  ])('with %j has the level of each line as %j, first in the line', async (key, level) => {
    const running = new Running(folderWith({ 'infrarust.toml': `[log]\nformat = "json"\n${key}` }))
    const line = await running.line(({ event }) => event === 'listening')
    expect(line.level).toBe(level)
    expect(Object.keys(line).slice(0, 3)).toEqual(['level', 'time', 'event'])
  })
})
