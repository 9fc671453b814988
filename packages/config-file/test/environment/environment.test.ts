import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { folderWith } from '@infrarust/test-kit'
import { afterAll, describe, expect, it } from 'vitest'
import { defaultGatewayConfig, type Environment, type GatewayOverrides, loadGatewayConfig } from '../../src/index.ts'

const folder = folderWith({}, afterAll)
const path = join(folder, 'infrarust.toml')

async function load(content: string, environment: Environment, overrides: GatewayOverrides = {}) {
  writeFileSync(path, content)
  return await loadGatewayConfig(path, { ...overrides, environment })
}

async function configOf(content: string, environment: Environment, overrides: GatewayOverrides = {}) {
  const loaded = await load(content, environment, overrides)
  if (loaded.kind !== 'config') throw new Error(JSON.stringify(loaded))
  return loaded
}

async function problemsOf(content: string, environment: Environment): Promise<readonly string[]> {
  const loaded = await load(content, environment)
  if (loaded.kind !== 'problems') throw new Error(JSON.stringify(loaded))
  return loaded.problems.map((problem) => problem.replace(`${folder}/`, ''))
}

describe('the environment', () => {
  it('says more than the file, and less than the command line', async () => {
    const file = 'bind = "127.0.0.1:1"\nmax_connections = 1\nservers_dir = "a"\n'
    const environment = { INFRARUST_BIND: '127.0.0.1:2', INFRARUST_MAX_CONNECTIONS: '2', INFRARUST_SERVERS_DIR: 'b' }
    expect((await configOf(file, environment)).config).toMatchObject({
      listeners: [{ port: 2 }],
      maxConnections: 2,
      serversDir: join(folder, 'b'),
    })
    const loaded = await configOf(file, environment, { bind: '127.0.0.1:3', serversDir: '/srv/c' })
    expect(loaded.config).toMatchObject({ listeners: [{ port: 3 }], maxConnections: 2, serversDir: '/srv/c' })
    expect(['bind', 'max_connections', 'servers_dir', 'data_dir'].map((key) => loaded.originOf([key]))).toEqual([
      { kind: 'flag', place: '--bind' },
      { kind: 'environment', place: 'INFRARUST_MAX_CONNECTIONS' },
      { kind: 'flag', place: '--servers-dir' },
      { kind: 'default' },
    ])
  })
  it('is enough: there need be no file', () => {
    const environment = { INFRARUST_RECEIVE_PROXY_PROTOCOL: 'true', INFRARUST_PROXY_PROTOCOL__TRUSTED: '10.0.0.0/8' }
    expect(defaultGatewayConfig(folder, { environment })).toMatchObject({
      kind: 'config',
      source: 'environment',
      config: { listeners: [{ proxyProtocol: { mode: 'required', trusted: [{}] } }] },
      warnings: [],
    })
  })
  it('changes a key of a table and leaves the others of the file', async () => {
    const { config } = await configOf('[timeouts]\nstatus = "1s"\nidle = "9s"\n', {
      INFRARUST_TIMEOUTS__STATUS: '2s',
    })
    expect(config.timeouts).toMatchObject({ statusMs: 2_000, idleMs: 9_000 })
  })
  it('changes an element of a list by its number, counted from 0, and adds the next one', async () => {
    const file = '[[listener]]\nname = "a"\nbind = "127.0.0.1:1"\n'
    const { config, originOf } = await configOf(file, {
      INFRARUST_LISTENER__0__BIND: '127.0.0.1:2',
      INFRARUST_LISTENER__1__PROXY_PROTOCOL__MODE: 'required',
      INFRARUST_LISTENER__1__BIND: '127.0.0.1:3',
    })
    expect(config.listeners).toMatchObject([
      { name: 'a', port: 2 },
      { port: 3, proxyProtocol: { mode: 'required' } },
    ])
    expect(originOf(['listener', '0', 'name'])).toMatchObject({ kind: 'file', place: expect.stringMatching(/:2:1$/) })
    expect(originOf(['listener', '0', 'bind'])).toEqual({ kind: 'environment', place: 'INFRARUST_LISTENER__0__BIND' })
  })
  it('replaces a list of tables as a whole', async () => {
    const file = '[[listener]]\nbind = "127.0.0.1:1"\n[[listener]]\nbind = "127.0.0.1:2"\n'
    const { config } = await configOf(file, { INFRARUST_LISTENER: '[{ bind = "127.0.0.1:3" }]' })
    expect(config.listeners).toMatchObject([{ port: 3 }])
  })
  // Together they are refused, and the environment could not say anything that the file says in the other way.
  it('takes the place of what the file says in another way', async () => {
    const listeners = '[[listener]]\nbind = "127.0.0.1:1"\n[[listener]]\nbind = "127.0.0.1:2"\n'
    expect((await configOf(listeners, { INFRARUST_BIND: '127.0.0.1:3' })).config.listeners).toMatchObject([{ port: 3 }])
    const bound = await configOf('bind = "127.0.0.1:1"\n', { INFRARUST_LISTENER__0__BIND: '127.0.0.1:2' })
    expect(bound.config.listeners).toMatchObject([{ port: 2 }])
    const mode = { INFRARUST_PROXY_PROTOCOL__MODE: 'off' }
    const off = await configOf('receive_proxy_protocol = true\n', mode)
    expect(off.config.listeners).toMatchObject([{ proxyProtocol: { mode: 'off' } }])
    const table = await configOf('receive_proxy_protocol = true\n', { INFRARUST_PROXY_PROTOCOL: '{ mode = "off" }' })
    expect(table.config.listeners).toMatchObject([{ proxyProtocol: { mode: 'off' } }])
    const required = await configOf('[proxy_protocol]\nmode = "off"\ntrusted = []\n', {
      INFRARUST_RECEIVE_PROXY_PROTOCOL: '1',
    })
    expect(required.config.listeners).toMatchObject([{ proxyProtocol: { mode: 'required', trusted: [] } }])
  })
  it('is replaced by nothing that stands in it', async () => {
    const environment = { INFRARUST_SERVERS_DIR: `\${HOME}`, HOME: '/root' }
    expect((await configOf('', environment)).config.serversDir).toBe(join(folder, `\${HOME}`))
  })
})

describe('what is wrong in the environment', () => {
  it.each<[string, Environment, readonly string[]]>([
    [
      '',
      { INFRARUST_PROXY_PROTOCOL__TRUSTED: '10.0.0.0/40' },
      [expect.stringMatching(/^INFRARUST_PROXY_PROTOCOL__TRUSTED: proxy_protocol\.trusted holds "10\.0\.0\.0\/40"; /)],
    ],
    [
      'max_connections = "x"\n',
      { INFRARUST_TRANSPORT__KIND: 'loud' },
      [
        'infrarust.toml:1:1: max_connections is "x"; write a whole number from 0 to 10000000',
        'INFRARUST_TRANSPORT__KIND: transport.kind is "loud"; write one of "auto", "native", "node"',
      ],
    ],
    [
      '',
      { INFRARUST_LISTENER__1__BIND: '127.0.0.1:1' },
      ['INFRARUST_LISTENER__1__BIND: listener has no elements before this one; the next is INFRARUST_LISTENER__0__…'],
    ],
    [
      '',
      { INFRARUST_LISTENER__0__NAME: 'a' },
      [expect.stringMatching(/^INFRARUST_LISTENER__0__NAME: \[\[listener\]\] number 1 has no bind/)],
    ],
    [
      '',
      { INFRARUST_BIND: '127.0.0.1:1', INFRARUST_LISTENER__0__BIND: '127.0.0.1:2' },
      [expect.stringMatching(/^INFRARUST_BIND: bind and \[\[listener\]\] are both there/)],
    ],
    [
      'transport = "loud"\n',
      { INFRARUST_TRANSPORT__KIND: 'node' },
      [expect.stringMatching(/^infrarust\.toml:1:1: transport is "loud"/)],
    ],
    [
      '',
      { INFRARUST_TIMEOUTS: '{ idel = "1s" }' },
      ['INFRARUST_TIMEOUTS: unknown key "timeouts.idel"; did you mean "idle"?'],
    ],
  ])('is told with the name of the variable: %j %j', async (content, environment, problems) =>
    expect(await problemsOf(content, environment)).toEqual(problems),
  )
})
