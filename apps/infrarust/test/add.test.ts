import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { folderWith } from '@infrarust/test-kit'
import { describe, expect, it } from 'vitest'
import { canBeFileName, namesFrom } from '../src/new-files/file-name.ts'
import { listens } from './control.ts'
import { finish } from './program.ts'
import { Running } from './running.ts'

const SURVIVAL = 'domains = ["survival.example.com", "*.example.org"]\naddresses = ["10.0.1.5"]\n'

function add(cwd: string, ...args: readonly string[]) {
  return finish(['add', ...args], '', { cwd })
}

async function served(cwd: string): Promise<unknown> {
  const { stdout, code } = await finish(['check', '--strict', '--json'], '', { cwd })
  expect(code, stdout).toBe(0)
  return JSON.parse(stdout)
}

describe('add', { timeout: 60_000 }, () => {
  it('writes a commented file into the folder of the configuration, which check has nothing to say about', async () => {
    const cwd = folderWith({ 'infrarust.toml': 'servers_dir = "mc"\n' })
    const { stdout, stderr, code } = await add(cwd, 'Survival.Example.com', '10.0.1.5:25565', 'backup.internal')
    expect([stdout, stderr, code]).toEqual([
      'wrote mc/survival.toml\nno proxy runs with this configuration: the next one serves it\n',
      '',
      0,
    ])
    expect(readFileSync(join(cwd, 'mc/survival.toml'), 'utf8')).toMatch(/^# One server\./)
    expect(await served(cwd)).toMatchObject({
      servers: [
        {
          id: 'survival',
          domains: ['survival.example.com'],
          addresses: ['10.0.1.5:25565', 'backup.internal'],
          send_proxy_protocol: false,
        },
      ],
    })
  })
  it.each([
    [['--proxy-protocol'], 2],
    [['--proxy-protocol', 'v1'], 1],
    [['--proxy-protocol=v2'], 2],
  ])('has the server sent a PROXY header: %j', async (options, version) => {
    const cwd = folderWith({})
    expect((await add(cwd, 'a.example.com', '10.0.1.5', ...options)).code).toBe(0)
    expect(await served(cwd)).toMatchObject({ servers: [{ send_proxy_protocol: version }] })
  })
  it('says whether the running proxy serves it', async () => {
    const cwd = folderWith({ 'infrarust.toml': '' })
    await listens(new Running(cwd), join(cwd, 'infrarust.sock'))
    const { stdout, code } = await add(cwd, 'a.example.com', '10.0.1.5')
    expect([stdout, code]).toEqual(['wrote servers/a.toml\nthe running proxy serves it as "a"\n', 0])
  })
  it('says that the running proxy does not serve it where that reads another folder', async () => {
    const cwd = folderWith({ 'infrarust.toml': '', 'elsewhere/.keep': '' })
    await listens(new Running(cwd, ['--servers-dir', 'elsewhere']), join(cwd, 'infrarust.sock'))
    const { stdout, stderr, code } = await add(cwd, 'a.example.com', '10.0.1.5')
    expect(stdout).toBe('wrote servers/a.toml\n')
    expect(stderr).toMatch(/^warn: the running proxy does not serve it: .*--servers-dir$/m)
    expect(code).toBe(2)
  })
  it.each([
    [
      ['survival.example.com', '10.0.0.1'],
      /survival\.example\.com is a domain of server "survival" already \(servers\/survival\.toml\)/,
    ],
    [['SURVIVAL.example.com.', '10.0.0.1'], /of server "survival" already/],
    [['*.example.org', '10.0.0.1'], /of server "survival" already/],
    [['broken.example.com', '10.0.0.1'], /is in servers\/broken\.toml, which has a mistake/],
    [['x.example.com', '10.0.0.1', '--id', 'survival'], /the id "survival" is that of servers\/survival\.toml already/],
    [['x.example.com', '10.0.0.1', '--id', '../x'], /the id "\.\.\/x" cannot be the name of a file/],
    [
      ['x.example.com', '10.0.0.1', '--id', 'renamed'],
      /servers\/renamed\.toml: is there already, and is not overwritten/,
    ],
    [['a b.example.com', '10.0.0.1'], /the domain is "a b\.example\.com"; write a domain such as/],
    [['x.example.com', '10.0.0.1', '10.0.0.2:0'], /the address is "10\.0\.0\.2:0"; a port is a number/],
    [['x.example.com', 'tcp://10.0.0.1'], /the address is "tcp:\/\/10\.0\.0\.1"; write an address such as/],
    [['x.example.com', '127.0.0.1:25999'], /server "x" leads back to this proxy/],
    [['x.example.com', '10.0.0.1', '--proxy-protocol', 'v3'], /Write v1 or v2 behind it/],
    [['x.example.com'], /missing required argument 'address'/],
    [['\x1b[2J', '10.0.0.1'], /^error: the domain is "\\u001b\[2J";/],
  ])('writes nothing for what check would refuse, and names what has it: %j', async (args, message) => {
    const files = {
      'infrarust.toml': 'bind = "127.0.0.1:25999"\n',
      'servers/survival.toml': SURVIVAL,
      'servers/renamed.toml': 'id = "other"\ndomains = ["r.example.com"]\naddresses = ["10.0.1.6"]\n',
      'servers/broken.toml': 'domains = ["broken.example.com"]\nadresses = ["10.0.1.7"]\n',
    }
    const cwd = folderWith(files)
    const { stdout, stderr, code } = await add(cwd, ...args)
    expect(stderr).toMatch(message)
    expect([stdout, code]).toEqual(['', 1])
    expect(readdirSync(join(cwd, 'servers')).length).toBe(3)
  })
  it('takes another name for the file where the first one is taken, and is told in words where it cannot write', async () => {
    const cwd = folderWith({ 'infrarust.toml': '', 'servers/survival.toml': SURVIVAL })
    expect((await add(cwd, 'survival.example.net', '10.0.0.1')).stdout).toContain(
      'wrote servers/survival-example-net.toml\n',
    )
    const blocked = folderWith({ servers: 'no folder' })
    const { stderr, code } = await add(blocked, 'a.example.com', '10.0.0.1')
    expect(stderr).toMatch(/^error: .*servers.*\n$/m)
    expect(code).toBe(1)
  })
  it('writes nothing for a configuration that does not load', async () => {
    const cwd = folderWith({ 'infrarust.toml': 'bnd = 1\n' })
    const { stderr, code } = await add(cwd, 'a.example.com', '10.0.0.1')
    expect(stderr).toMatch(/^error: infrarust\.toml:1:1: unknown key "bnd"; did you mean "bind"\?\n$/)
    expect([code, existsSync(join(cwd, 'servers'))]).toEqual([1, false])
  })
  it('leaves a folder of the name of its file alone', async () => {
    const cwd = folderWith({})
    mkdirSync(join(cwd, 'servers/a.toml'), { recursive: true })
    expect((await add(cwd, 'a.example.com', '10.0.0.1')).stdout).toContain('wrote servers/a-example-com.toml\n')
  })
})

describe('the name of a server file', () => {
  it.each([
    ['survival.example.com', 'survival'],
    ['*.lobby.example.com', 'lobby'],
    ['*', 'any'],
    ['mc?.example.com', 'example'],
    ['192.0.2.7', '192-0-2-7'],
    ['2001:db8::1', '2001-db8-1'],
    ['con.example.com', 'con-example-com'],
    ['infrarust.example.com', 'infrarust-example-com'],
    ['_x.example.com', '_x-example-com'],
    ['localhost', 'localhost'],
  ])('is made from %s', (domain, name) => {
    expect(namesFrom(domain)[0]).toBe(name.replace(/^_/, ''))
  })
  it.each([
    '',
    '.',
    '..',
    '.hidden',
    '-x',
    'a/b',
    'a\\b',
    'a b',
    'NUL',
    'com1.x',
    'end.',
    'x'.repeat(65),
    '\u202ea',
    'a\0',
  ])('is never %j', (name) => {
    expect(canBeFileName(name)).toBe(false)
  })
})
