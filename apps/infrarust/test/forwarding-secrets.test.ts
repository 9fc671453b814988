import { createHmac } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readGateway } from '@infrarust/core'
import { serverValidator } from '@infrarust/core/provider'
import { folderWith } from '@infrarust/test-kit'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { LoginService } from '../src/logins/login-service.ts'
import { readOrMakeSecret, readSecret, secretIn } from '../src/logins/secret-file.ts'
import { PROGRAM_KEYS, validateServer } from '../src/program-keys.ts'
import { finish } from './program.ts'
import { Running } from './running.ts'

const SECRET = 'only-the-two-of-us'
const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8')

describe('a secret', () => {
  it.each([
    ['as it is', SECRET],
    ['with the line end of an editor', `${SECRET}\n`],
    ['with one of Windows', `${SECRET}\r\n`],
    ['with several', `${SECRET}\n\r\n\n`],
    ['with a byte order mark', `\uFEFF${SECRET}\r\n`],
  ])('is read %s', (_, text) => {
    expect(secretIn(bytes(text), 'it')).toMatchObject({ kind: 'secret', secret: SECRET, warnings: [] })
  })

  it.each([` ${SECRET}`, `${SECRET} \n`, `${SECRET}\t`, `only\nthe two`, `only the two`])(
    'keeps blanks, and warns: %j',
    (text) => {
      const reading = secretIn(bytes(text), 'it')
      expect(reading).toMatchObject({ secret: text.replace(/\n$/, ''), warnings: [expect.stringContaining('blanks')] })
    },
  )

  // One that a server's owner can try out by himself was taken without a word.
  it.each(['x', 'secret', 'elevenchars', 'elevenchars\r\n'])(
    'that can be guessed is used with a warning: %j',
    (text) => {
      expect(secretIn(bytes(text), 'it')).toMatchObject({
        kind: 'secret',
        secret: text.trim(),
        warnings: [expect.stringContaining('fewer than 12 characters')],
      })
    },
  )

  it('as long as those of Velocity is used without one', () => {
    expect(secretIn(bytes('twelve_chars'), 'it')).toMatchObject({ kind: 'secret', warnings: [] })
  })

  it.each(['', '\n', '\uFEFF', ' \r\n', '\t'])('that is none is an error: %j', (text) => {
    expect(secretIn(bytes(text), 'it')).toMatchObject({ kind: 'fault', fault: expect.stringContaining('is empty') })
  })

  it('in another encoding is an error and not another secret', () => {
    expect(secretIn(Buffer.from(`\uFEFF${SECRET}`, 'utf16le'), 'it').kind).toBe('fault')
  })

  it('is made where there is none, for its owner alone', () => {
    const path = join(folderWith({}), 'forwarding.secret')
    const made = readOrMakeSecret(path)
    expect(made).toMatchObject({ kind: 'secret', isNew: true, secret: expect.stringMatching(/^[A-Za-z0-9]{32}$/) })
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readOrMakeSecret(path)).toMatchObject({
      isNew: false,
      secret: 'secret' in made && made.secret,
      warnings: [],
    })
    expect(readOrMakeSecret(join(folderWith({}), 'another.secret'))).not.toMatchObject({
      secret: 'secret' in made && made.secret,
    })
  })

  it('that others can read is used with a warning', () => {
    const path = join(folderWith({ secret: SECRET }), 'secret')
    for (const mode of [0o640, 0o604, 0o644]) {
      chmodSync(path, mode)
      expect(readSecret(path)).toMatchObject({
        secret: SECRET,
        warnings: [expect.stringContaining(`chmod 600 ${path}`)],
      })
    }
    chmodSync(path, 0o600)
    expect(readSecret(path)).toMatchObject({ warnings: [] })
  })

  it('is in no folder, no long file, and none that cannot be made', () => {
    const folder = folderWith({ long: 'x'.repeat(5_000) })
    mkdirSync(join(folder, 'folder'))
    expect(readSecret(join(folder, 'folder'))).toMatchObject({ fault: expect.stringContaining('is no file') })
    expect(readSecret(join(folder, 'long'))).toMatchObject({ fault: expect.stringContaining('4096 bytes') })
    expect(readOrMakeSecret(join(folder, 'nowhere', 'secret'))).toMatchObject({
      fault: expect.stringContaining('cannot be made'),
    })
  })
})

/** A service of a folder, with the lines of its log. */
function serviceIn(folder: string, toml: object, environment: Readonly<Record<string, string>> = {}) {
  const lines: string[] = []
  const logger = pino({ base: null }, { write: (line: string) => lines.push(line) })
  const { config, problems } = readGateway({ ...toml }, { program: PROGRAM_KEYS })
  expect(problems).toEqual([])
  const service = new LoginService({ config, configFile: join(folder, 'infrarust.toml'), environment, logger })
  return { service, lines }
}

function server(values: object = {}) {
  const place = { domains: ['a.example.com'], addresses: ['127.0.0.1:1'], proxy_mode: 'client_only' }
  const read = validateServer(
    { key: 'a', source: 'servers/a.toml', values: { ...place, ...values } },
    'file',
    'operator',
  )
  if ('problems' in read) throw new Error(read.problems.map(({ message }) => message).join())
  return read.server
}

function signatureWith(service: LoginService, of: ReturnType<typeof server>): string | undefined {
  const forwarding = service.backendLogin(of)?.forwarding
  return forwarding?.kind === 'velocity'
    ? Buffer.from(forwarding.hmac(bytes('data'))).toString('hex')
    : forwarding?.kind
}

const signed = (secret: string): string => createHmac('sha256', secret).update('data').digest('hex')
const VELOCITY = { forwarding: { mode: 'velocity' } }

describe('the secret of a server', () => {
  it('is that of [forwarding], of the environment before it, and its own before both', () => {
    const folder = folderWith({ 'forwarding.secret': 'general\n', 'own.secret': 'own\n' })
    const [general, own] = [server(), server({ secret_file: 'own.secret' })]
    const { service } = serviceIn(folder, VELOCITY)
    service.useServers([general, own])
    expect([general, own].map((each) => signatureWith(service, each))).toEqual([signed('general'), signed('own')])
    const { service: other } = serviceIn(folder, VELOCITY, { VELOCITY_FORWARDING_SECRET: 'variable' })
    other.useServers([general, own])
    expect([general, own].map((each) => signatureWith(other, each))).toEqual([signed('variable'), signed('own')])
  })

  // Upstream read it only where the global mode needed one.
  it('is read where only the server asks for it, and not where nobody does', () => {
    const folder = folderWith({ 'forwarding.secret': 'general\n' })
    const { service } = serviceIn(folder, {})
    const asking = server({ forwarding_mode: 'bungee_guard' })
    service.useServers([asking, server()])
    expect(service.backendLogin(asking)?.forwarding).toEqual({ kind: 'bungeeguard', token: 'general' })
    const empty = folderWith({})
    serviceIn(empty, {}).service.useServers([server(), server({ forwarding_mode: 'legacy' })])
    expect(readSecret(join(empty, 'forwarding.secret'))).toBeUndefined()
  })

  it('is taken up with a reload; what is no secret leaves the last good one in force, with a line', () => {
    const folder = folderWith({ 'forwarding.secret': 'first\n' })
    const path = join(folder, 'forwarding.secret')
    const { service, lines } = serviceIn(folder, VELOCITY)
    const of = server()
    service.useServers([of])
    writeFileSync(path, 'second\n')
    expect(signatureWith(service, of)).toBe(signed('first'))
    service.readNow()
    expect(signatureWith(service, of)).toBe(signed('second'))
    writeFileSync(path, '\n')
    service.readNow()
    expect(signatureWith(service, of)).toBe(signed('second'))
    expect(service.problems()).toEqual([expect.stringMatching(/forwarding\.secret is empty.*stays in force/)])
    writeFileSync(path, 'third')
    service.readNow()
    expect(signatureWith(service, of)).toBe(signed('third'))
    expect(service.problems()).toEqual([])
    expect(lines.join('')).not.toMatch(/first|second|third/)
  })

  it('that is missing has its players refused, and never let in another way', () => {
    const { service } = serviceIn(folderWith({ 'forwarding.secret': '' }), VELOCITY)
    const of = server()
    service.useServers([of])
    expect(service.backendLogin(of)).toBeUndefined()
    expect(service.problems()).toEqual([expect.stringContaining('players of servers that need it are refused')])
  })

  it('is not for containers, which are told nothing of [forwarding] unless the operator says so', () => {
    const { service, lines } = serviceIn(folderWith({}), { forwarding: { mode: 'bungeeguard' } })
    const values = { domains: ['c.example.com'], addresses: ['127.0.0.1:1'], proxy_mode: 'client_only' }
    for (const mayBeForwarded of [false, true]) {
      const read = serverValidator({ rows: [], elsewhere: {}, withoutEffect: {} })(
        { key: 'c', source: 'container "c"', values, mayBeForwarded },
        'docker',
      )
      if ('problems' in read) throw new Error('no server')
      service.useServers([read.server])
      expect(service.backendLogin(read.server)?.forwarding).toEqual({ kind: 'none' })
    }
    expect(lines).toEqual([
      expect.stringContaining('forwarding = true in [docker]'),
      expect.stringContaining('its token never goes to'),
    ])
  })
})

describe('a Node that cannot undo the padding of the game', () => {
  it('is named in the log and among the problems, and authenticates nobody', async () => {
    const lines: string[] = []
    const { config } = readGateway({}, { program: PROGRAM_KEYS })
    const service = new LoginService({
      config,
      configFile: join(folderWith({}), 'infrarust.toml'),
      environment: {},
      logger: pino({ base: null }, { write: (line: string) => lines.push(line) }),
      makeKey: () => Promise.reject(new Error('this Node cannot decrypt')),
    })
    await service.makeKey()
    await service.makeKey()
    expect(service.authentication).toBeUndefined()
    expect(lines).toEqual([expect.stringMatching(/client_only.*are refused: this Node cannot decrypt/)])
    expect(service.problems()).toHaveLength(1)
  })
})

const FILES = {
  'infrarust.toml': `[forwarding]\nmode = "velocity"\n`,
  'servers/a.toml': `domains = ["a.example.com"]\naddresses = ["127.0.0.1:1"]\nproxy_mode = "offline"\n`,
}

describe('the program', () => {
  it('makes the secret, names the keys that have begun to act once, and shows the secret nowhere', async () => {
    const folder = folderWith(FILES)
    const first = new Running(folder)
    await first.logged('made ')
    expect(await first.logged('[forwarding] in infrarust.toml acts now')).toMatchObject({ level: 'warn' })
    expect(await first.logged('proxy_mode = "offline" acts now')).toMatchObject({
      msg: expect.stringContaining('another name for "passthrough"'),
    })
    const secret = readFileSync(join(folder, 'forwarding.secret'), 'utf8').trim()
    const status = await finish(['status', '--json'], '', { cwd: folder })
    first.program.kill('SIGTERM')
    await first.exit
    const again = new Running(folder)
    await again.logged('added')
    again.program.kill('SIGTERM')
    await again.exit
    expect(again.lines.filter(({ event }) => event === 'key')).toEqual([])
    const shown = await finish(['check', '--show', '--json'], '', { cwd: folder })
    for (const text of [
      JSON.stringify(first.lines),
      JSON.stringify(again.lines),
      status.stdout,
      shown.stdout,
      shown.stderr,
    ])
      expect(text).not.toContain(secret)
    expect(shown.code).toBe(0)
  })

  it('checks a secret without making one', async () => {
    const folder = folderWith(FILES)
    expect(await finish(['check'], '', { cwd: folder })).toMatchObject({ code: 0 })
    expect(readSecret(join(folder, 'forwarding.secret'))).toBeUndefined()
    writeFileSync(join(folder, 'forwarding.secret'), '\n')
    const { code, stdout, stderr } = await finish(['check'], '', { cwd: folder })
    expect({ code, text: stdout + stderr }).toEqual({
      code: 1,
      text: expect.stringContaining('forwarding.secret is empty'),
    })
  })
})
