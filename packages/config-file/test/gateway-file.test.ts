import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { folderWith } from '@infrarust/test-kit'
import { afterAll, describe, expect, it } from 'vitest'
import { defaultGatewayConfig, type GatewayOverrides, type KeyOverride, loadGatewayConfig } from '../src/index.ts'

const folder = folderWith({}, afterAll)
const path = join(folder, 'infrarust.toml')

async function problemsOf(content: string | Uint8Array, overrides?: GatewayOverrides): Promise<readonly string[]> {
  writeFileSync(path, content)
  const loaded = await loadGatewayConfig(path, overrides)
  expect(loaded.kind).toBe('problems')
  const problems = loaded.kind === 'problems' ? loaded.problems : []
  return problems.map((problem) => problem.replace(`${folder}/`, ''))
}

async function configOf(content: string, overrides?: GatewayOverrides) {
  writeFileSync(path, content)
  const loaded = await loadGatewayConfig(path, overrides)
  if (loaded.kind !== 'config') throw new Error(JSON.stringify(loaded))
  return loaded.config
}

describe('infrarust.toml', () => {
  it('loads as the documentation shows it, comments and all', async () => {
    const config = await configOf(`# infrarust.toml
bind = "0.0.0.0:25565"      # everywhere
max_connections = 1000
receive_proxy_protocol = true
`)
    expect(config.maxConnections).toBe(1000)
    expect(config.listeners).toMatchObject([{ host: '0.0.0.0', port: 25_565, proxyProtocol: { mode: 'required' } }])
  })
  it('has paths relative to its folder, wherever the program was started', async () => {
    expect((await configOf('')).serversDir).toBe(join(folder, 'servers'))
    expect((await configOf('servers_dir = "../other"')).serversDir).toBe(join(folder, '../other'))
    expect((await configOf('servers_dir = "/srv/mc"')).serversDir).toBe('/srv/mc')
  })
  it('may begin with a byte order mark and end its lines as Windows does', async () => {
    expect((await configOf('\ufeffmax_connections = 7\r\nbind = "[::]:1"\r\n')).maxConnections).toBe(7)
  })
  it('may be a link', async () => {
    mkdirSync(join(folder, 'real'))
    writeFileSync(join(folder, 'real/config.toml'), 'max_connections = 3')
    symlinkSync('real/config.toml', join(folder, 'linked.toml'))
    expect(await loadGatewayConfig(join(folder, 'linked.toml'))).toMatchObject({
      kind: 'config',
      config: { maxConnections: 3, serversDir: join(folder, 'servers') },
    })
  })
  it('may be missing', async () => {
    expect(await loadGatewayConfig(join(folder, 'nowhere.toml'))).toEqual({ kind: 'missing' })
    expect(defaultGatewayConfig(folder)).toMatchObject({
      source: 'defaults',
      config: { serversDir: join(folder, 'servers') },
    })
  })
})

describe('what is wrong in it', () => {
  it.each([
    ['max_conections = 5', 'infrarust.toml:1:1: unknown key "max_conections"; did you mean "max_connections"?'],
    [
      '\n\n  connect_timeout = 5',
      'infrarust.toml:3:3: connect_timeout is 5; write a duration with its unit, such as "5s"',
    ],
    [
      '[transport]\nkind = "loud"',
      'infrarust.toml:2:1: transport.kind is "loud"; write one of "auto", "native", "node"',
    ],
    [
      'transport = { kind = "loud" }',
      'infrarust.toml:1:15: transport.kind is "loud"; write one of "auto", "native", "node"',
    ],
    ['transport.kind = "loud"', 'infrarust.toml:1:11: transport.kind is "loud"; write one of "auto", "native", "node"'],
    ['"max connections" = 1', 'infrarust.toml:1:1: unknown key "max connections"; did you mean "max_connections"?'],
    [
      '[[listener]]\nbind = "0.0.0.0:1"\n[[listener]]\nname = "x"',
      'infrarust.toml:3:3: [[listener]] number 2 has no bind; add one such as bind = "0.0.0.0:25566"',
    ],
    [
      'receive_proxy_protocol = true\n[proxy_protocol]\nmode = "off"',
      'infrarust.toml:1:1: receive_proxy_protocol = true contradicts mode = "off" in [proxy_protocol]; keep one of the two',
    ],
    [
      '[[listener]]\nbind = "0.0.0.0:1"\n  [listener.proxy_protocol]\n  mode = "optional"',
      'infrarust.toml:4:3: listener[0].proxy_protocol.mode is "optional" without trusted: anybody could claim any address; list the networks of your load balancers in trusted',
    ],
    ['bind = ', 'infrarust.toml:1:8: not TOML: bind has no value behind its =; write one, or leave the key out'],
    ['a = 1\na = 2', 'infrarust.toml:2:1: not TOML: a is written twice'],
    ['[log]\nlevel = "info"\n[ log ]', 'infrarust.toml:3:2: not TOML: log is written twice'],
    ['bind = "0.0.0.0:1\nx = 1', 'infrarust.toml:1:18: not TOML: the text has no quotation mark at its end'],
    [
      'bind = localhost',
      'infrarust.toml:1:8: not TOML: a text, such as an address, a domain or a duration, stands in quotation marks; write bind = "localhost"',
    ],
    ['telemetri.metrics.enabled = 1\n', expect.stringMatching(/^infrarust\.toml:1:1: unknown key "telemetri"; known/)],
    ['[telemetri.metrics]\n', expect.stringMatching(/^infrarust\.toml:1:2: unknown key "telemetri"; known/)],
    ['x = 99999999999999999999', 'infrarust.toml:1:5: not TOML: the number is too large'],
  ])('%j', async (content, problem) => {
    expect(await problemsOf(content)).toEqual([problem])
  })
  it('may be no mistake: what does nothing here is a warning at its place', async () => {
    writeFileSync(path, 'max_connections = 5\nworker_threads = 4\n\n[ban]\nprovider = "none"\n')
    expect(await loadGatewayConfig(path)).toMatchObject({
      kind: 'config',
      warnings: [
        { key: 'worker_threads', message: expect.stringMatching(/:2:1: worker_threads has no effect here: /) },
        { key: 'ban.provider', message: expect.stringMatching(/:5:1: ban\.provider has no effect here: /) },
      ],
    })
  })
  it('is told all at once, each at its place', async () => {
    const problems = await problemsOf('bind = 7\n[transport]\nkind = 1\nthreads = "2"\n')
    expect(problems.map((problem) => problem.split(': ')[0])).toEqual([
      'infrarust.toml:1:1',
      'infrarust.toml:3:1',
      'infrarust.toml:4:1',
    ])
  })
  it('may be its encoding', async () => {
    expect(await problemsOf(Buffer.from('\ufeffbind = "x"', 'utf16le'))).toEqual([
      'infrarust.toml:1:1: the file is UTF-16; save it as UTF-8',
    ])
    expect(await problemsOf(Buffer.from('# caf\nname = "Spiel\xfcbersicht"', 'latin1'))).toEqual([
      'infrarust.toml:2:14: the file is not UTF-8',
    ])
    expect(await problemsOf(Buffer.from([0, 1, 2]))).toHaveLength(1)
  })
  it('may be everything: a megabyte of garbage is one short line', async () => {
    const noise = Uint8Array.from({ length: 1_048_576 }, (_, index) => (index * 7919 + (index >> 3) * 31) & 255)
    const ascii = 'a'.repeat(1_048_576)
    for (const content of [noise, ascii, `${ascii} = 1`, `x = "${ascii}"`, `${'['.repeat(100_000)}`]) {
      const problems = await problemsOf(content)
      expect(problems).toHaveLength(1)
      expect(problems[0]?.length).toBeLessThan(500)
    }
  })
  it('may be its size', async () => {
    expect(await problemsOf(Buffer.alloc(5_000_000, '#'))).toEqual(['infrarust.toml: is longer than 1 MiB'])
  })
  it('may be that it is a folder', async () => {
    const nested = join(folder, 'folder.toml')
    mkdirSync(nested)
    const problems = [`${nested}: is no regular file`]
    expect(await loadGatewayConfig(nested)).toEqual({ kind: 'problems', problems, isPassing: false, files: [] })
  })
})

describe('the command line', () => {
  const kind = (value: string): KeyOverride => ({ option: '--transport', table: 'transport', key: 'kind', value })

  it('wins over the file', async () => {
    const overrides = { bind: '127.0.0.1:0', serversDir: '/srv', keys: [kind('node')] }
    expect(
      await configOf('[transport]\nkind = "native"\nthreads = 2\n[[listener]]\nbind = "0.0.0.0:1"', overrides),
    ).toMatchObject({
      listeners: [{ host: '127.0.0.1', port: 0 }],
      serversDir: '/srv',
      transport: { kind: 'node', threads: 2 },
    })
  })
  it('is named where it is wrong', async () => {
    expect(await problemsOf('', { bind: 'here:99999', keys: [kind('loud')] })).toEqual([
      expect.stringMatching(/^--bind: bind is "here:99999"/),
      expect.stringMatching(/^--transport: transport.kind is "loud"/),
    ])
  })
})
