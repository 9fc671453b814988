import { folderWith } from '@infrarust/test-kit'
import { describe, expect, it } from 'vitest'
import { finish } from './program.ts'

const GOOD = {
  'etc/infrarust.toml': 'bind = "0.0.0.0:25565"\nmax_connections = 1000\nreceive_proxy_protocol = true\n',
  'etc/servers/survival.toml':
    'domains = ["survival.mc.example.com"]\naddresses = ["10.0.1.5:25565"]\nproxy_mode = "Intercepted"\nsend_proxy_protocol = true\n',
}

const SERVER = 'domains = ["a.example.com"]\naddresses = ["10.0.1.5:25565"]\n'

describe('check', { timeout: 60_000 }, () => {
  it('prints what would be served, and succeeds', async () => {
    const cwd = folderWith(GOOD)
    const { stdout, stderr, code } = await finish(['check', '--config', 'etc/infrarust.toml'], '', { cwd })
    expect(stdout).toBe(
      'listener  0.0.0.0:25565  PROXY protocol required, trusted: everybody\n' +
        'server    survival  survival.mc.example.com -> 10.0.1.5:25565  sends PROXY v2  (etc/servers/survival.toml)\n',
    )
    expect(stderr).toBe('')
    expect(code).toBe(0)
  })
  it('takes --config before the command, and prints one object with --json', async () => {
    const cwd = folderWith(GOOD)
    const { stdout, code } = await finish(['--config', 'etc/infrarust.toml', 'check', '--json'], '', { cwd })
    expect(JSON.parse(stdout)).toEqual({
      ok: true,
      listeners: [{ name: '0.0.0.0:25565', host: '0.0.0.0', port: 25_565, proxy_protocol: 'required', trusted: null }],
      servers: [
        {
          id: 'survival',
          source: 'etc/servers/survival.toml',
          domains: ['survival.mc.example.com'],
          default: false,
          addresses: ['10.0.1.5:25565'],
          send_proxy_protocol: 2,
        },
      ],
      findings: [],
    })
    expect(code).toBe(0)
  })
  it('fails for a server file with a mistake, names its place, and shows what would be served without it', async () => {
    const cwd = folderWith({
      ...GOOD,
      'etc/servers/creative.toml':
        'domains = ["c.example.com"]\naddresses = ["10.0.1.6"]\n\nsend_proxy_protcol = true\n',
    })
    const { stdout, stderr, code } = await finish(['check', '--config', 'etc/infrarust.toml'], '', { cwd })
    expect(stderr).toContain(
      'error: etc/servers/creative.toml:4:1: unknown key "send_proxy_protcol"; did you mean "send_proxy_protocol"?',
    )
    expect(stdout).toContain('server    survival')
    expect(code).toBe(1)
  })
  it('fails for a domain that two servers claim, and names both', async () => {
    const survival = GOOD['etc/servers/survival.toml']
    const cwd = folderWith({ ...GOOD, 'etc/servers/other.toml': survival })
    const { stderr, code } = await finish(['check', '--config', 'etc/infrarust.toml'], '', { cwd })
    expect(stderr).toMatch(/^error: .*other\.toml.*survival\.toml|^error: .*survival\.toml.*other\.toml/m)
    expect(code).toBe(1)
  })
  it('prints the address of a listener that has a name', async () => {
    const cwd = folderWith({ 'infrarust.toml': '[[listener]]\nname = "direct"\nbind = "[::]:25566"\n' })
    expect((await finish(['check'], '', { cwd })).stdout).toBe('listener  [::]:25566  "direct"  PROXY protocol off\n')
  })
  // Both were warnings, and the check a success, although nobody could tell what would be served.
  it('fails for a source that cannot be read: a module that is not there, a folder that is none', async () => {
    const files = { 'infrarust.toml': '[[provider]]\nuse = "./panel.ts"\n', servers: '' }
    const { stderr, code } = await finish(['check'], '', { cwd: folderWith(files) })
    expect(stderr).toMatch(/^error: provider "\.\/panel\.ts" cannot be loaded: Cannot find module .*panel\.ts'$/m)
    expect(stderr).toMatch(/^error: servers: cannot be read: /m)
    expect(code).toBe(1)
  })
  it('warns, with the name of the provider and in one line, of a source that is away', async () => {
    const cwd = folderWith({
      'infrarust.toml': '[[provider]]\nuse = "./panel.mjs"\n',
      'panel.mjs': 'export default () => ({ name: "panel", start: (emit) => emit({ error: "HTTP 502\\n<html>" }) })\n',
    })
    const { stderr, code } = await finish(['check'], '', { cwd })
    expect(stderr).toMatch(/^warn: provider "\.\/panel\.mjs": HTTP 502 <html>$/m)
    expect(code).toBe(0)
  })
  it('succeeds with a warning for what does nothing, at its place', async () => {
    const cwd = folderWith({ 'infrarust.toml': 'max_connections = 5\nworker_threads = 4\n' })
    const { stderr, code } = await finish(['check'], '', { cwd })
    expect(stderr).toMatch(/^warn: infrarust\.toml:2:1: worker_threads has no effect here: /m)
    expect(code).toBe(0)
  })
  it('fails with --strict for a warning, and says so in its last line', async () => {
    const warned = folderWith({ 'infrarust.toml': 'worker_threads = 4\n', 'servers/a.toml': SERVER })
    const { stderr, code } = await finish(['check', '--strict'], '', { cwd: warned })
    expect(stderr).toMatch(/\n--strict: 1 warning counts as a failure\n$/)
    expect(code).toBe(1)
    const json = await finish(['check', '--strict', '--json'], '', { cwd: warned })
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: false, findings: [{ level: 'warn' }] })
    expect([json.stderr, json.code]).toEqual(['', 1])
  })
  it('succeeds with --strict where there is nothing to say', async () => {
    const cwd = folderWith({ 'infrarust.toml': '', 'servers/a.toml': SERVER })
    const { stderr, code } = await finish(['check', '--strict'], '', { cwd })
    expect([stderr, code]).toEqual(['', 0])
  })
  it('fails for a configuration that does not load, and reads the server files all the same', async () => {
    const files = { 'infrarust.toml': 'bind = 25565\nservers_dir = "mc"\n', 'mc/a.toml': 'domain = "a.example.com"\n' }
    const { stdout, stderr, code } = await finish(['check'], '', { cwd: folderWith(files) })
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^error: infrarust\.toml:1:\d+: bind is 25565;/)
    expect(stderr).toMatch(/^error: mc\/a\.toml:1:1: unknown key "domain"; did you mean "domains"\?/m)
    expect(code).toBe(1)
  })
  // Each login would have dialled another one, until no descriptor was left.
  it.each([
    ['0.0.0.0:25565', '127.0.0.1', '127.0.0.1'],
    ['0.0.0.0:25565', '127.0.0.1:25565', '127.0.0.1:25565'],
    ['0.0.0.0:25565', '0.0.0.0:25565', '0.0.0.0:25565'],
    ['0.0.0.0:25565', '[::ffff:127.0.0.2]:25565', '127.0.0.2:25565'],
    ['0.0.0.0:25565', 'localhost:25565', 'localhost:25565'],
    ['localhost:25577', '127.0.0.1:25577', '127.0.0.1:25577'],
    ['[::]:25565', '[::1]:25565', '[::1]:25565'],
    ['[::]:25565', '127.0.0.1:25565', '127.0.0.1:25565'],
  ])(
    'fails for a server that leads back to the proxy: bound to %s, addresses = ["%s"]',
    async (bind, address, shown) => {
      const files = {
        'infrarust.toml': `bind = "${bind}"\n`,
        'servers/a.toml': `domains = ["a.example.com"]\naddresses = ["${address}"]\n`,
      }
      const { stderr, code } = await finish(['check'], '', { cwd: folderWith(files) })
      expect(stderr).toBe(
        `error: servers/a.toml: server "a" leads back to this proxy: it listens at ${shown} itself, so nobody is sent ` +
          'there; write where the server listens\n',
      )
      expect(code).toBe(1)
    },
  )
  it('warns of one address that leads back to the proxy, beside another one, and of no neighbour', async () => {
    const files = {
      'infrarust.toml': 'bind = "127.0.0.1:25565"\n',
      'servers/a.toml': 'domains = ["a.example.com"]\naddresses = ["127.0.0.1:25565", "10.0.0.1:25565"]\n',
      'servers/b.toml': 'domains = ["b.example.com"]\naddresses = ["127.0.0.1:25566", "127.0.0.2:25565"]\n',
    }
    const { stderr, code } = await finish(['check'], '', { cwd: folderWith(files) })
    expect(stderr).toMatch(
      /^warn: servers\/a\.toml: server "a" leads back to this proxy: .*127\.0\.0\.1:25565 itself.*\n$/,
    )
    expect(code).toBe(0)
  })
  // It succeeded, and the first players found out that every login of this server is refused.
  it('fails for a server that nobody can join, with proxy_mode = "full"', async () => {
    const server = 'domains = ["a.example.com"]\naddresses = ["10.0.1.5"]\nproxy_mode = "full"\n'
    const cwd = folderWith({ 'infrarust.toml': '', 'servers/a.toml': server })
    const { stderr, code } = await finish(['check'], '', { cwd })
    expect(stderr).toContain('proxy_mode = "full" cannot be')
    expect(stderr).toContain('write "passthrough" where')
    expect(code).toBe(1)
  })
  it('says that there is no server, and which files were probably meant as one', async () => {
    const server = 'domains = ["a.example.com"]\naddresses = ["10.0.1.5"]\n'
    const files = { 'infrarust.toml': '', 'survival.toml': server, 'servers/lobby.toml.txt': server }
    const { stderr, code } = await finish(['check'], '', { cwd: folderWith(files) })
    expect(stderr).toMatch(/^warn: there is no server, so nobody can join; put a server file, .* into .*servers$/m)
    expect(stderr).toMatch(/^warn: survival\.toml: looks like a server file .*; move it to servers\/survival\.toml$/m)
    expect(stderr).toMatch(/^warn: servers\/lobby\.toml\.txt: is not read as a server file; rename it to lobby\.toml$/m)
    expect(code).toBe(0)
  })
  it('reads the lists that filters name, from the folder of the file that names them', async () => {
    const files = {
      'etc/infrarust.toml': '[ip_filter]\nblacklist_file = "../lists/blocked.txt"\n',
      'lists/blocked.txt': '# fine\n192.0.2.1\n10.0.0.300\n203.0.113.5/24\n',
      'etc/servers/a.toml':
        'domains = ["a.example.com"]\naddresses = ["10.0.0.1"]\n[ip_filter]\nwhitelist_file = "friends.txt"\n',
    }
    const { stderr, code } = await finish(['check', '--config', 'etc/infrarust.toml'], '', { cwd: folderWith(files) })
    expect(stderr).toContain('error: lists/blocked.txt:3: not an address or network')
    expect(stderr).toContain('warn: lists/blocked.txt:4: bits behind the prefix: the network around it is taken')
    expect(stderr).toContain('error: etc/servers/friends.txt: no such file')
    expect(code).toBe(1)
  })
})
