import { gatewayKeys, readGateway, reload } from '@infrarust/core'
import { type Key, type KeyTable, keyTable, serverKeys } from '@infrarust/core/provider'
import { describe, expect, it } from 'vitest'
import { PROGRAM_KEYS, validateServer } from '../src/program-keys.ts'

type Written = Readonly<Record<string, unknown>>

const read = (written: Written) => readGateway(written, { program: PROGRAM_KEYS })

function keysOf(table: KeyTable<unknown>): readonly Key[] {
  return table.rows.flatMap(([, row]) => (row.kind === 'key' ? [row] : keysOf(row.table)))
}

describe('the tables of the program', () => {
  const { tables = keyTable<unknown>({}) } = PROGRAM_KEYS

  it('have the documented defaults', () => {
    const { log, admin, control, shutdown } = read({}).config
    expect({ log, admin, control, shutdown }).toEqual({
      shutdown: { delayMs: 0 },
      log: {
        level: 'info',
        format: 'auto',
        file: undefined,
        fileMaxBytes: 104_857_600,
        fileRotation: 'daily',
        fileKeep: 7,
        levels: 'names',
        addresses: 'full',
        arePingsLogged: true,
      },
      admin: { bind: undefined, allowedHosts: [] },
      control: { socket: 'infrarust.sock' },
    })
  })
  it('are read beside those of the gateway', () => {
    const { config, problems } = read({ max_connections: 5, log: { level: 'TRACE', format: 'json' } })
    expect(problems).toEqual([])
    expect(config).toMatchObject({ maxConnections: 5, log: { level: 'trace', format: 'json' } })
  })
  it.each(keysOf(tables).map((key) => [key.name, key] as const))('have an example and a default of %s', (_, key) => {
    expect(key.type.read(key.example)).toMatchObject({ kind: 'value' })
    if (key.default === undefined) expect(key.absent).toBeDefined()
    else expect(key.type.read(key.default)).toMatchObject({ kind: 'value' })
    expect(key.description).toMatch(/^[A-Z`].*\.$/)
  })
  it.each<[Written, string, string]>([
    [{ shutdown_delay: '15s' }, 'shutdown_delay', 'unknown key "shutdown_delay"; write delay = "15s" in [shutdown]'],
    [{ log: { levle: 'info' } }, 'log.levle', 'unknown key "log.levle"; did you mean "level"?'],
    [{ log: 'debug' }, 'log', 'log is "debug"; write a table: [log]'],
    [{ log: { fileMaxSize: 5 } }, 'log.fileMaxSize', 'did you mean "file_max_size"?'],
    [{ log: { admin: {} } }, 'log.admin', 'admin is a table of its own; write [admin]'],
    // It was port 25565, which it took from the players.
    [{ admin: { bind: '127.0.0.1' } }, 'admin.bind', 'such as "127.0.0.1:9100" or "[::1]:9100": the port is missing'],
    [{ admin: { bind: 'localhost' } }, 'admin.bind', 'the port is missing'],
    [{ admin: { bind: '::1' } }, 'admin.bind', 'the port is missing'],
    [{ admin: { bind: '[::1]' } }, 'admin.bind', 'the port is missing'],
    [{ admin: { bind: '9100' } }, 'admin.bind', '0.0.0.0 is every IPv4 address, [::] every address'],
    [{ admin: { bind: '127.0.0.1:' } }, 'admin.bind', 'a port is a number'],
    [{ admin: { bind: '::1:9100' } }, 'admin.bind', 'an IPv6 address stands in brackets'],
    [{ admin: { bind: '127.0.0.1:25565' } }, 'admin.bind', 'takes port 25565 of the listener 0.0.0.0:25565'],
    [{ web: { bind: '8080' } }, 'web.bind', 'write an address and a port'],
    [{ web: { tls_cert: 'web.pem' } }, 'web.tls_cert', 'web.tls_cert needs web.tls_key beside it'],
    [{ web: { cors_origins: ['panel.example.com'] } }, 'web.cors_origins', 'write the scheme, the name'],
    [{ webhook: [{ format: 'discord' }] }, 'webhook.0.url', 'webhook[0] has no url to send to'],
    // Each of them was told twice: once as what it is, and once as a webhook without a url.
    [{ webhook: [{ url: 'ftp://a.example.com' }] }, 'webhook.0.url', 'is no URL; what it holds is not shown'],
    [{ webhook: [{ url: 5 }] }, 'webhook.0.url', 'is no URL'],
    [{ webhook: [{ ulr: 'https://a.example.com' }] }, 'webhook.0.ulr', 'did you mean "url"'],
    [{ webhook: ['https://a.example.com'] }, 'webhook.0', 'write a table'],
    [{ webhook: { url: 'https://a.example.com' } }, 'webhook', 'webhook'],
    [{ web: { tls_cert: 5, tls_key: 'web.key.pem' } }, 'web.tls_cert', 'tls_cert'],
    [{ webhook: [{ url: 'https://a.example.com', events: ['player.jion'] }] }, 'webhook.0.events', 'player.join'],
    [{ bind: '127.0.0.1:1', admin: { bind: '[::]:1' } }, 'admin.bind', 'choose another port such as 9100'],
    [
      { admin: { allowed_hosts: ['a.example.com:9100'] } },
      'admin.allowed_hosts',
      'holds "a.example.com:9100"; write a name such as "metrics.example.com", without a port',
    ],
  ])('have their mistakes told with those of the whole file: %j', (written, path, message) => {
    const { problems } = read(written)
    expect(problems.map((problem) => problem.path.join('.'))).toEqual([path])
    expect(problems[0]?.message).toContain(message)
  })
  it('load from a file of the Rust Infrarust, with a warning for each that does nothing', () => {
    const { problems, warnings } = read({ telemetry: { metrics: { export_interval: '15s' } } })
    expect(problems).toEqual([])
    expect(warnings.map(({ message }) => message)).toEqual([
      'telemetry has no effect here: metrics are served where [admin] says',
    ])
  })
  it('are taken over while the proxy runs, but for what needs a new socket or file', () => {
    const running = read({ admin: { bind: '127.0.0.1:1' } }).config
    const log = { level: 'debug', format: 'json', file: 'access.log' }
    const wanted = read({ admin: { bind: '127.0.0.1:2', allowed_hosts: ['a.example.com'] }, log }).config
    expect(reload(running, wanted, PROGRAM_KEYS)).toEqual({
      config: {
        ...wanted,
        admin: { ...wanted.admin, bind: running.admin.bind },
        log: { ...wanted.log, file: undefined },
      },
      needRestart: ['log.file', 'admin.bind'],
    })
  })
})

describe('a key of infrarust.toml in the file of a server', () => {
  const ofServers = new Set(serverKeys.rows.map(([, { name }]) => name))
  const others = gatewayKeys(PROGRAM_KEYS).rows.flatMap(([, { name }]) => (ofServers.has(name) ? [] : [name]))

  // Each new table was an unknown key without a word until somebody had thought of it in a second list.
  it.each(others)('is told where it is written: %s', (name) => {
    const values = { domains: ['a.example.com'], addresses: ['10.0.0.1'], [name]: {} }
    const validated = validateServer({ key: 'a', source: 'servers/a.toml', values }, 'file')
    expect('problems' in validated && validated.problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(/write it in infrarust\.toml|in infrarust\.toml;|write connect in \[timeouts\]/),
    ])
  })
})
