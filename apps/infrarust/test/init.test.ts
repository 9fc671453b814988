import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { folderWith, until } from '@infrarust/test-kit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { BIN, finish } from './program.ts'

const ANSWERS = ['--bind', '127.0.0.1:25999', '--trusted', '10.0.0.2,10.0.1.0/24', '--domain', 'a.example.com']

function init(cwd: string, ...args: readonly string[]) {
  return finish(['init', ...args], '', { cwd })
}

async function checked(cwd: string, ...args: readonly string[]): Promise<unknown> {
  const { stdout } = await finish(['check', '--json', ...args], '', { cwd })
  return JSON.parse(stdout)
}

describe('init', { timeout: 60_000 }, () => {
  it('writes what the options answer, and check has nothing to say about it', async () => {
    const cwd = folderWith({})
    const { stdout, stderr, code } = await init(cwd, ...ANSWERS, '--address', '10.0.1.5:25565')
    expect(stdout).toMatch(/^wrote infrarust\.toml\nwrote servers\/a\.toml\n/)
    expect([stderr, code]).toEqual(['', 0])
    expect(await checked(cwd, '--strict')).toMatchObject({
      ok: true,
      listeners: [{ name: '127.0.0.1:25999', proxy_protocol: 'required', trusted: ['10.0.0.2', '10.0.1.0/24'] }],
      servers: [{ id: 'a', domains: ['a.example.com'], addresses: ['10.0.1.5:25565'] }],
      findings: [],
    })
  })
  it('takes the defaults with --yes, as comments: the proxy does what it did without a file', async () => {
    const cwd = folderWith({})
    expect((await init(cwd, '--yes')).code).toBe(0)
    expect(readdirSync(cwd).sort()).toEqual(['infrarust.toml', 'servers'])
    const text = readFileSync(join(cwd, 'infrarust.toml'), 'utf8')
    expect(text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([])
    expect(await checked(cwd)).toMatchObject({
      ok: true,
      listeners: [{ name: '0.0.0.0:25565', proxy_protocol: 'off' }],
      findings: [{ level: 'warn', message: expect.stringContaining('there is no server') }],
    })
  })
  it('comments out only what can be written: without the marks it loads as well', async () => {
    const cwd = folderWith({})
    await init(cwd, '--yes', '--domain', 'a.example.com', '--address', '10.0.1.5')
    const files = ['infrarust.toml', 'servers/a.toml'].map((name): [string, string] => [
      name,
      readFileSync(join(cwd, name), 'utf8').replaceAll(/^# (\[|\w+ = )/gm, '$1'),
    ])
    expect(files.map(([, text]) => text).join('')).toMatch(/^trusted = .*^send_proxy_protocol = /ms)
    expect(await checked(folderWith(Object.fromEntries(files)), '--strict')).toMatchObject({ ok: true, findings: [] })
  })
  it('writes where --config and --servers-dir say, wherever that is', async () => {
    const cwd = folderWith({})
    const options = ['--config', 'etc/my.toml', '--servers-dir', 'etc/mc', '--log-level', 'debug']
    const { stdout } = await init(cwd, '--yes', ...options, '--domain', '*.example.com', '--address', '10.0.1.5')
    expect(stdout).toMatch(
      /^wrote etc\/my\.toml\nwrote etc\/mc\/example\.toml\ninfrarust --config etc\/my\.toml check /,
    )
    expect(readFileSync(join(cwd, 'etc/my.toml'), 'utf8')).toMatch(/^servers_dir = "\.\/mc"$.*^level = "debug"$/ms)
    expect(await checked(cwd, '--strict', '--config', 'etc/my.toml')).toMatchObject({ ok: true })
  })
  it.each([
    ['a file', (path: string) => void symlinkSync('other.toml', path), { 'other.toml': 'bind = "[::]:1"\n' }],
    ['a link to nothing', (path: string) => void symlinkSync('nowhere', path), {}],
  ])('never overwrites %s', async (_, make, files) => {
    const cwd = folderWith(files)
    make(join(cwd, 'infrarust.toml'))
    const before = readdirSync(cwd)
    const { stdout, stderr, code } = await init(cwd, '--yes')
    expect([stdout, code]).toEqual(['', 1])
    expect(stderr).toMatch(/^error: infrarust\.toml: is there already, and is not overwritten/)
    expect(readdirSync(cwd)).toEqual(before)
  })
  it.each([
    [['--yes', '--bind', '25565'], /--bind: bind is "25565"; write an address and a port/],
    [['--yes', '--trusted', '10.0.0.2,10.0.0.256'], /--trusted: .*write an address or a network/],
    [['--yes', '--domain', 'a..b', '--address', '10.0.0.1'], /--domain: that is "a\.\.b"; write a domain/],
    [
      ['--yes', '--domain', 'a.example.com', '--address', 'http://x'],
      /--address: that is "http:\/\/x"; write an address/,
    ],
    [['--yes', '--domain', 'a.example.com'], /--domain and --address go together/],
    [
      ['--yes', '--domain', 'taken.example.com', '--address', '10.0.0.1'],
      /taken\.example\.com is a domain of server "t" already \(servers\/t\.toml\)/,
    ],
    [
      ['--yes', '--bind', '127.0.0.1:1', '--domain', 'a.example.com', '--address', '127.0.0.1:1'],
      /leads back to this proxy/,
    ],
    [[], /asks its questions on a terminal, and there is none: write --yes/],
    [ANSWERS, /--domain and --address go together/],
    [ANSWERS.slice(0, 4), /there is none: write --yes/],
  ])('writes nothing for an answer that is wrong or missing: %j', async (args, message) => {
    const cwd = folderWith({ 'servers/t.toml': 'domains = ["taken.example.com"]\naddresses = ["10.0.0.1"]\n' })
    const { stdout, stderr, code } = await init(cwd, ...args)
    expect(stderr).toMatch(message)
    expect([stdout, code, existsSync(join(cwd, 'infrarust.toml'))]).toEqual(['', 1, false])
  })
})

/** `script` of util-linux makes a terminal. */
const hasScript = spawnSync('script', ['--version']).stdout?.includes('util-linux') ?? false
if (!hasScript) console.warn('left out, for want of `script` of util-linux: the questions of init on a terminal')

describe.runIf(hasScript)('init on a terminal', { timeout: 60_000 }, () => {
  /** Types a line after each prompt, and gives all that was on the screen. */
  async function typed(cwd: string, args: readonly string[], lines: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const command = [process.execPath, BIN, 'init', ...args].map((word) => `'${word}'`).join(' ')
    const terminal = spawn('script', ['-qec', command, '/dev/null'], { cwd, env: { ...process.env, ...env } })
    onTestFinished(() => void terminal.kill('SIGKILL'))
    let screen = ''
    terminal.stdout.on('data', (data) => {
      screen += String(data)
    })
    const ended = new Promise<number | null>((resolve) => terminal.once('close', resolve))
    for (const [index, line] of lines.entries()) {
      await until(
        () => screen.split('> ').length > index + 1,
        `prompt ${index + 1}`,
        () => screen,
      )
      terminal.stdin.write(line)
    }
    return { code: await ended, screen }
  }

  it('asks three questions, and again where an answer is none', async () => {
    const cwd = folderWith({})
    const { code, screen } = await typed(
      cwd,
      [],
      [
        '127.0.0.1:99999\r',
        '127.0.0.1:25999\r',
        'yes\r',
        '10.0.0.2, 10.0.1.0/24\r',
        'a b\r',
        'a.example.com\r',
        '\r',
        '10.0.1.5\r',
      ],
    )
    expect(screen).toContain('a port is a number from 1 to 65535')
    expect(screen).toContain('wrote servers/a.toml')
    expect(code).toBe(0)
    expect(await checked(cwd, '--strict')).toMatchObject({
      ok: true,
      listeners: [{ name: '127.0.0.1:25999', trusted: ['10.0.0.2', '10.0.1.0/24'] }],
      servers: [{ domains: ['a.example.com'], addresses: ['10.0.1.5'] }],
    })
  })
  // It was refused at the end, with all answers lost: server and proxy both at 25565 of one machine are where many begin.
  it('asks for the server again where it cannot be', async () => {
    const cwd = folderWith({})
    const lines = ['\r', '\r', 'a.example.com\r', '127.0.0.1\r', 'a.example.com\r', '127.0.0.1:25566\r']
    const { code, screen } = await typed(cwd, [], lines)
    expect(screen).toContain('give the server another port')
    expect(code).toBe(0)
    expect(await checked(cwd, '--strict')).toMatchObject({ servers: [{ addresses: ['127.0.0.1:25566'] }] })
  })
  it('takes Enter for the defaults, and asks nothing that an option has answered', async () => {
    const cwd = folderWith({})
    const { code, screen } = await typed(cwd, ['--bind', '127.0.0.1:25999'], ['\r', '\r'], { TERM: 'dumb' })
    expect(screen).not.toContain('1/3')
    expect(screen).not.toContain('\x1b')
    expect(screen).toContain('there is no server yet')
    expect(code).toBe(0)
  })
  // Of all that is pasted at once only the first line was an answer.
  it('takes answers that come before they are asked for', async () => {
    const cwd = folderWith({})
    expect((await typed(cwd, [], ['\rnone\ra.example.com\r10.0.1.5\r'])).code).toBe(0)
    expect(await checked(cwd, '--strict')).toMatchObject({ servers: [{ id: 'a' }] })
  })
  it.each([
    ['Ctrl-C', '\x03'],
    ['Ctrl-D', '\x04'],
  ])('writes nothing where %s ends it', async (_, key) => {
    const cwd = folderWith({})
    const { code, screen } = await typed(cwd, [], ['\r', key])
    expect(screen).toContain('nothing was written')
    expect([code, readdirSync(cwd)]).toEqual([1, []])
  })
})
