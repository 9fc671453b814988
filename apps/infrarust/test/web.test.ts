import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { folderWith, freePort, until } from '@infrarust/test-kit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { TICKET_MS, Tickets } from '../src/web/tickets.ts'
import { finish } from './program.ts'
import { Running } from './running.ts'

const toml = (web: string, more = ''): string => `[log]\nformat = "json"\n${more}[web]\n${web}`

async function urlOf(running: Running): Promise<string> {
  const { url } = await running.line(({ event }) => event === 'web')
  return String(url)
}

async function asked(url: string, path: string, key?: string, method = 'GET', body?: object) {
  const response = await fetch(`${url}api/v1${path}`, {
    method,
    headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const { data } = (await response.json()) as { data?: Readonly<Record<string, unknown>> }
  return { status: response.status, data }
}

/** `c.pem` and `k.pem`. */
function makeCertificate(folder: string, name: string): void {
  const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1']
  execFileSync('openssl', [...args, '-subj', `/CN=${name}`, '-keyout', 'k.pem', '-out', 'c.pem'], {
    cwd: folder,
    stdio: 'ignore',
  })
}

/** Reads the configuration again, and says what is wrong then. */
async function problemsOf(folder: string, config?: string): Promise<string> {
  if (config !== undefined) writeFileSync(join(folder, 'infrarust.toml'), config)
  const { stdout } = await finish(['reload', '--json'], '', { cwd: folder })
  return JSON.parse(stdout).problems.join()
}

describe('[web]', { timeout: 120_000 }, () => {
  it('makes a key on loopback, for its user only, and keeps it for the next start', async () => {
    const folder = folderWith({ 'infrarust.toml': toml('bind = "127.0.0.1:0"\n') })
    const first = new Running(folder)
    const url = await urlOf(first)
    const file = join(folder, 'web.key')
    const key = readFileSync(file, 'utf8').trim()
    expect([key.length, statSync(file).mode & 0o777]).toEqual([43, 0o600])
    expect((await asked(url, '/status', key)).status).toBe(200)
    expect((await asked(url, '/status')).status).toBe(401)
    expect((await asked(url, '/health')).status).toBe(200)
    first.program.kill('SIGTERM')
    await first.exit
    const second = await urlOf(new Running(folder))
    expect((await asked(second, '/status', key)).status).toBe(200)
  })

  it('believes no key that others may read', async () => {
    const folder = folderWith({ 'infrarust.toml': toml('bind = "127.0.0.1:0"\n'), 'web.key': `${'k'.repeat(43)}\n` })
    chmodSync(join(folder, 'web.key'), 0o644)
    const { msg } = await new Running(folder).line(({ event }) => event === 'web')
    expect(msg).toContain('others may read it; chmod 600 it')
  })

  it.each([
    ['no key', '', 'there is no api_key'],
    ['a short key', 'api_key = "0123456789abcde"\n', 'api_key has less than 16 characters'],
    [
      'a short reading key',
      'api_key = "0123456789abcdef"\nread_key = "short"\n',
      'read_key has less than 16 characters',
    ],
    // It was served, and nobody could send this key.
    ['a key that no header takes', 'api_key = "schlüssel-schlüssel"\n', 'api_key holds a space or a character'],
    ['a key with a space in it', 'api_key = "correct horse battery staple"\n', 'api_key holds a space'],
    [
      'one key for all and for looking',
      'api_key = "0123456789abcdef"\nread_key = "0123456789abcdef"\n',
      'read_key is the same as api_key',
    ],
  ])('is not served to other machines with %s, and the proxy runs on', async (_, keys, why) => {
    const folder = folderWith({ 'infrarust.toml': toml(`bind = "0.0.0.0:0"\n${keys}`) })
    const running = new Running(folder)
    const { msg, level } = await running.line(({ event }) => event === 'web')
    expect([level, msg]).toEqual(['error', expect.stringContaining(why)])
    expect(msg).toContain('The proxy itself runs')
    await running.port()
    const { stdout } = await finish(['status', '--json'], '', { cwd: folder })
    expect(JSON.parse(stdout).problems.join()).toContain(why)
    expect((await finish(['check'], '', { cwd: folder })).stderr).toContain(why)
  })

  it('says who has what it wants, and the proxy runs on', async () => {
    const port = await freePort()
    const folder = folderWith({
      'infrarust.toml': toml(`bind = "127.0.0.1:${port}"\n`, `[admin]\nbind = "127.0.0.1:${port}"\n`),
    })
    const running = new Running(folder)
    expect((await running.line(({ event }) => event === 'web')).msg).toContain('another program listens there already')
    await running.port()
  })

  it('follows its keys, its limits and its address while the proxy runs', async () => {
    const folder = folderWith({ 'infrarust.toml': toml('bind = "127.0.0.1:0"\napi_key = "one"\n') })
    const running = new Running(folder)
    const url = await urlOf(running)
    expect((await asked(url, '/status', 'one')).status).toBe(200)
    writeFileSync(join(folder, 'infrarust.toml'), toml('bind = "127.0.0.1:0"\napi_key = "two"\nread_key = "three"\n'))
    await until(async () => (await asked(url, '/status', 'two')).status === 200, 'the new key is in force')
    expect((await asked(url, '/status', 'one')).status).toBe(401)
    expect((await asked(url, '/config/reload', 'three', 'POST')).status).toBe(403)
    const port = await freePort()
    writeFileSync(join(folder, 'infrarust.toml'), toml(`bind = "127.0.0.1:${port}"\napi_key = "two"\n`))
    await until(
      async () => (await fetch(`http://127.0.0.1:${port}/api/v1/health`).catch(() => undefined))?.status === 200,
      'it has moved',
    )
    writeFileSync(join(folder, 'infrarust.toml'), '[log]\nformat = "json"\n')
    await until(
      async () => (await fetch(`http://127.0.0.1:${port}/api/v1/health`).catch(() => undefined)) === undefined,
      'it is gone',
    )
  })

  it('signs in once with the link of infrarust web login, whose ticket no server sees', async () => {
    const folder = folderWith({ 'infrarust.toml': toml('bind = "127.0.0.1:0"\n') })
    const running = new Running(folder)
    const url = await urlOf(running)
    const { stdout } = await finish(['web', 'login'], '', { cwd: folder })
    const [, address, ticket] = /^(.*\/)#ticket=(\S+)\n$/.exec(stdout) ?? []
    expect(address).toBe(url)
    const { status, data } = await asked(url, '/web/session', undefined, 'POST', { ticket })
    expect([status, data?.key]).toEqual([200, readFileSync(join(folder, 'web.key'), 'utf8').trim()])
    expect((await asked(url, '/web/session', undefined, 'POST', { ticket })).status).toBe(401)
    expect(await running.line(({ event }) => event === 'web_denied')).toMatchObject({
      client: '127.0.0.1',
      level: 'warn',
    })
  })

  it('is served over HTTPS where a certificate is named, and takes a renewed one', async () => {
    const folder = folderWith({
      'infrarust.toml': toml('bind = "127.0.0.1:0"\ntls_cert = "c.pem"\ntls_key = "k.pem"\n'),
    })
    makeCertificate(folder, 'first')
    const url = await urlOf(new Running(folder))
    expect(url).toMatch(/^https:/)
    const shown = async (): Promise<string> => {
      const socket = connectTls({ port: Number(new URL(url).port), host: '127.0.0.1', rejectUnauthorized: false })
      await once(socket, 'secureConnect')
      socket.end('GET /api/v1/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
      const { CN } = socket.getPeerCertificate().subject
      const answer = (await socket.toArray()).join('')
      expect(answer).toMatch(/^HTTP\/1\.1 200 /)
      return String(CN)
    }
    expect(await shown()).toBe('first')
    makeCertificate(folder, 'second')
    await finish(['reload'], '', { cwd: folder })
    expect(await shown()).toBe('second')
  })

  // It went on in the clear, with the keys of before, and said that it was not served.
  it('is not served in the clear where a certificate is named that is of no use, and comes back', async () => {
    const port = await freePort()
    const bind = `bind = "127.0.0.1:${port}"\napi_key = "one"\n`
    const folder = folderWith({ 'infrarust.toml': toml(bind), 'empty.pem': 'no PEM\n' })
    makeCertificate(folder, 'first')
    const url = await urlOf(new Running(folder))
    const health = async () => (await fetch(`${url}api/v1/health`).catch(() => undefined))?.status
    const withTls = (cert: string, key: string): string => toml(`${bind}tls_cert = "${cert}"\ntls_key = "${key}"\n`)
    expect(await problemsOf(folder, withTls('none.pem', 'k.pem'))).toMatch(
      /not served: tls_cert cannot be read .*none\.pem/,
    )
    expect(await health()).toBeUndefined()
    expect(await problemsOf(folder, withTls('empty.pem', 'k.pem'))).toMatch(
      /tls_cert .*empty\.pem holds no certificate/,
    )
    expect((await finish(['check'], '', { cwd: folder })).stderr).toMatch(/would not be served: .*holds no certificate/)
    expect(await problemsOf(folder, withTls('c.pem', 'empty.pem'))).toMatch(/tls_key .*empty\.pem holds no private key/)
    expect(await problemsOf(folder, toml(bind))).toBe('')
    expect(await health()).toBe(200)
  })

  it('goes on with its certificate where a renewed one is of no use, and with the keys of now', async () => {
    const tls = 'tls_cert = "c.pem"\ntls_key = "k.pem"\n'
    const folder = folderWith({ 'infrarust.toml': toml(`bind = "127.0.0.1:0"\napi_key = "one"\n${tls}`) })
    makeCertificate(folder, 'first')
    const { port } = new URL(await urlOf(new Running(folder)))
    const old = readFileSync(join(folder, 'c.pem'))
    makeCertificate(folder, 'second')
    writeFileSync(join(folder, 'c.pem'), old)
    expect(await problemsOf(folder, toml(`bind = "127.0.0.1:0"\napi_key = "two"\n${tls}`))).toMatch(
      /goes on with the certificate of before: tls_key .* is not the key of the certificate/,
    )
    const status = async (key: string): Promise<string> => {
      const socket = connectTls({ port: Number(port), host: '127.0.0.1', rejectUnauthorized: false })
      socket.end(
        `GET /api/v1/status HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${key}\r\nConnection: close\r\n\r\n`,
      )
      return (await socket.toArray()).join('').slice(9, 12)
    }
    expect([await status('one'), await status('two')]).toEqual(['401', '200'])
  })

  it('stays where it is, with the keys of now, where another program has its new address', async () => {
    const taken = await freePort()
    const other = createServer().listen(taken, '127.0.0.1')
    onTestFinished(() => void other.close())
    await once(other, 'listening')
    const folder = folderWith({ 'infrarust.toml': toml('bind = "127.0.0.1:0"\napi_key = "one"\n') })
    const url = await urlOf(new Running(folder))
    expect(await problemsOf(folder, toml(`bind = "127.0.0.1:${taken}"\napi_key = "two"\n`))).toMatch(
      new RegExp(`not served on 127\\.0\\.0\\.1:${taken}: another program .*; it stays on ${url}`),
    )
    expect([(await asked(url, '/status', 'one')).status, (await asked(url, '/status', 'two')).status]).toEqual([
      401, 200,
    ])
  })

  it('has no link where nothing is served', async () => {
    const folder = folderWith({ 'infrarust.toml': '[log]\nformat = "json"\nlevel = "debug"\n' })
    await new Running(folder).logged('commands are taken')
    const { code, stderr } = await finish(['web', 'login'], '', { cwd: folder })
    expect([code, stderr]).toEqual([2, expect.stringContaining('no dashboard is served: write [web]')])
  })

  // It printed one to a page that is not there.
  it('has no link where the API alone is served', async () => {
    const folder = folderWith({ 'infrarust.toml': toml('bind = "127.0.0.1:0"\nenable_webui = false\n') })
    const running = new Running(folder)
    expect((await fetch(`${await urlOf(running)}api/v1/health`)).status).toBe(200)
    const { code, stderr } = await finish(['web', 'login'], '', { cwd: folder })
    expect([code, stderr]).toEqual([2, expect.stringContaining('enable_webui = false')])
  })
})

describe('a ticket', () => {
  it('is good for five minutes, and once', () => {
    let now = 0
    const tickets = new Tickets(() => now)
    const [first, second, third] = [tickets.make(), tickets.make(), tickets.make()]
    expect([tickets.take(first), tickets.take(first)]).toEqual([true, false])
    now = TICKET_MS - 1
    expect(tickets.take(second)).toBe(true)
    now = TICKET_MS
    expect(tickets.take(third)).toBe(false)
    expect(tickets.take('')).toBe(false)
  })
})
