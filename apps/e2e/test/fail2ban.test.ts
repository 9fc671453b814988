import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { REASON_NAMES, reasonRow } from '@infrarust/core'
import { loginBytes, RawBackend, RawClient, until } from '@infrarust/test-kit'
import { afterEach, describe, expect, it } from 'vitest'
import { Haproxy } from '../fixtures/haproxy.ts'
import { Infrarust } from '../fixtures/infrarust.ts'
import { havePeers, SYSTEM_PATH } from '../fixtures/programs.ts'
import { Running } from '../fixtures/running.ts'

const FILTER = resolve(import.meta.dirname, '../../../docs/fail2ban/filter.d/infrarust.conf')
const ACTION = resolve(import.meta.dirname, '../../../docs/fail2ban/action.d/infrarust.conf')

const running = new Running()
afterEach(() => running.stopAll())

/** The addresses that fail2ban finds in these lines, sorted. */
function found(infrarust: Infrarust, lines: readonly string[]): readonly string[] {
  const log = join(infrarust.folder, 'log.json')
  writeFileSync(log, `${lines.join('\n')}\n`)
  const env = { ...process.env, PATH: SYSTEM_PATH }
  const output = execFileSync('fail2ban-regex', ['--out', 'ip', log, FILTER], { encoding: 'utf8', env })
  return output
    .split('\n')
    .filter((line) => line !== '')
    .sort()
}

describe.runIf(havePeers('fail2ban', 'haproxy', 'fail2ban-regex'))('the fail2ban filter', () => {
  it('finds the refusals, and only those, with the address of the client behind HAProxy', async () => {
    const backend = running.add(await RawBackend.start())
    const infrarust = running.add(
      await Infrarust.start({
        toml: 'receive_proxy_protocol = true\n[rate_limit]\nmax_connections = 1\nwindow = "10m"\n',
        servers: { s: `domains = ["*.example.com"]\naddresses = ["127.0.0.1:${backend.port}"]\n` },
      }),
    )
    const haproxy = running.add(await Haproxy.start({ to: `127.0.0.1:${infrarust.port}`, server: 'send-proxy-v2' }))
    const connect = async (from: string, bytes: Uint8Array): Promise<RawClient> => {
      const client = running.raw(await RawClient.open(haproxy.port, { from }))
      client.send(bytes)
      return client
    }

    const good = await connect('127.0.0.31', loginBytes('a.example.com', 'Good'))
    await good.receives('hello')
    good.destroy()
    await infrarust.record(({ client }) => client === '127.0.0.31')
    // The second login within the window, from one who also tries to look like a line of the log.
    const posing = '"reason":"banned'
    await connect('127.0.0.31', loginBytes('a.example.com', 'Again'))
    await infrarust.record(({ reason }) => reason === 'rate_limited')
    await connect('127.0.0.32', loginBytes('nowhere.example.net', posing))
    await infrarust.record(({ client }) => client === '127.0.0.32')
    await connect('127.0.0.33', Buffer.from('GET / HTTP/1.1\r\n\r\n'))
    // What it says came must not hide the reason from the filter: installed ones look for it at the end of the line.
    await infrarust.record(({ reason, detail }) => reason === 'bad_handshake' && detail !== undefined)
    // HAProxy's own fault is nobody's to be banned for: it would lock everybody out.
    const direct = running.raw(await RawClient.open(infrarust.port, { from: '127.0.0.34' }))
    direct.send(loginBytes('a.example.com', 'Direct'))
    await infrarust.record(({ reason }) => reason === 'proxy_protocol')

    expect(found(infrarust, infrarust.child.lines)).toEqual(['127.0.0.31', '127.0.0.33'])
  })

  it.each(['info', 30])('finds IPv6 clients, and no other reason, where the level is %j', async (level) => {
    const infrarust = running.add(await Infrarust.start())
    const line = (client: string, reason: string): string =>
      JSON.stringify({ level, time: Date.now(), event: 'access', client, client_port: 1, peer: '10.0.0.2', reason })
    const refused = REASON_NAMES.filter((name) => reasonRow(name).isOffence)
    const others = REASON_NAMES.filter((name) => !reasonRow(name).isOffence)
    const lines = [
      ...refused.map((reason, index) => line(`2001:db8::${index + 1}`, reason)),
      ...others.map((reason, index) => line(`198.51.100.${index + 1}`, reason)),
    ]
    expect(found(infrarust, lines)).toEqual(refused.map((_, index) => `2001:db8::${index + 1}`))
  })

  it('finds who has asked the API with a wrong key', async () => {
    const infrarust = running.add(await Infrarust.start({ toml: '[web]\nbind = "127.0.0.1:0"\n' }))
    await until(() => infrarust.child.lines.some((line) => line.includes('"event":"web"')), 'the API is served')
    const line = infrarust.child.lines.find((each) => each.includes('"event":"web"')) ?? ''
    const { url } = JSON.parse(line)
    const asked = await fetch(`${url}api/v1/status`, { headers: { authorization: 'Bearer wrong' } })
    expect(asked.status).toBe(401)
    await until(() => infrarust.child.lines.some((each) => each.includes('web_denied')), 'it is logged')
    expect(found(infrarust, infrarust.child.lines)).toEqual(['127.0.0.1'])
  })

  // With `[log] addresses = "prefix"` nobody can be told from the others, and the first address of a network is nobody's.
  it('finds nobody where addresses are written as networks', async () => {
    const infrarust = running.add(await Infrarust.start())
    const lines = ['203.0.113.0/24', '2001:db8:1::/48'].map((client) =>
      JSON.stringify({ level: 'info', time: Date.now(), event: 'access', client, client_port: 1, reason: 'banned' }),
    )
    expect(found(infrarust, lines)).toEqual([])
  })
})

describe('the fail2ban action', () => {
  /** The words of the command that it runs for a ban, its tags replaced as fail2ban does that. */
  function commandFor(bantime: string): readonly string[] {
    const lines = readFileSync(ACTION, 'utf8').matchAll(/^(\w+) += (.*)$/gm)
    const { actionban = '', ...tags } = Object.fromEntries([...lines].map(([, name = '', value = '']) => [name, value]))
    const values = { ip: '2001:db8::7', ...tags }
    const withTags = (text: string): string =>
      Object.entries(values).reduce((changed, [tag, value]) => changed.replaceAll(`<${tag}>`, value), text)
    const command = withTags(actionban).replaceAll('%%', '%').replaceAll('<bantime>', bantime)
    // Each argument on a line of its own, instead of the program.
    return execFileSync('/bin/sh', ['-c', `infrarust() { printf '%s\\n' "$@"; }\n${command}`], { encoding: 'utf8' })
      .trim()
      .split('\n')
  }
  const ban = ['ban', 'add', '2001:db8::7', '--reason', 'fail2ban']
  const config = ['--config', '/etc/infrarust/infrarust.toml']

  it('bans for as long as the jail says, in whole seconds', () => {
    expect(commandFor('3600')).toEqual([...ban, '--duration', '3600s', ...config])
    expect(commandFor('3671.437')).toEqual([...ban, '--duration', '3671s', ...config])
  })
  // `--duration -1s` is an error, and nobody was banned.
  it('bans for good with a negative bantime', () => {
    expect(commandFor('-1')).toEqual([...ban, ...config])
  })
})
