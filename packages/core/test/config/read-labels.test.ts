import { describe, expect, it } from 'vitest'
import { type Key, type KeyTable, readLabels, serverKeys, validateServer } from '../../src/entries/provider.ts'
import { MANAGER_TYPES } from '../../src/entries/server-power.ts'

type Labels = Readonly<Record<string, string>>

/** Every key of a table and of those below it, with its path. */
function keysOf(table: KeyTable<unknown>, above: readonly string[] = []): readonly (readonly [string, Key])[] {
  return table.rows.flatMap(([, row]): readonly (readonly [string, Key])[] => {
    const path = [...above, row.name]
    if (row.kind === 'tables') throw new Error(`${path.join('.')}: no label can write a list of tables`)
    return row.kind === 'key' ? [[path.join('.'), row]] : keysOf(row.table, path)
  })
}

/** As it stands in a server's file: `inTable('a.b', 1)` is `{ a: { b: 1 } }`. */
function inTable(path: string, value: unknown): object {
  return path.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as object
}

describe('labels', () => {
  const rows: readonly (readonly [labels: Labels, values: object])[] = [
    [{ send_proxy_protocol: 'true' }, { send_proxy_protocol: true }],
    [{ send_proxy_protocol: 'YES' }, { send_proxy_protocol: true }],
    [{ send_proxy_protocol: '1' }, { send_proxy_protocol: true }],
    [{ send_proxy_protocol: 'No' }, { send_proxy_protocol: false }],
    [{ send_proxy_protocol: '0' }, { send_proxy_protocol: false }],
    [{ send_proxy_protocol: 'v1' }, { send_proxy_protocol: 'v1' }],
    [{ default: ' FALSE ' }, { default: false }],
    [
      { domains: 'a.example.com , b.example.com\n c.example.com,' },
      { domains: ['a.example.com', 'b.example.com', 'c.example.com'] },
    ],
    [
      { 'timeouts.connect': '3s', 'timeouts.idle': '1h', name: 'Lobby' },
      { timeouts: { connect: '3s', idle: '1h' }, name: 'Lobby' },
    ],
    [{ 'proxy_protocol.max_header_size': '4096' }, { proxy_protocol: { max_header_size: 4_096 } }],
  ]
  it.each(rows)('%j', (labels, values) => {
    expect(readLabels(serverKeys, Object.entries(labels))).toEqual({ values, faults: [] })
  })
  it('give the same server as a file with the same keys', () => {
    const labels = {
      domains: 'a.example.com',
      addresses: '10.0.0.1:25565',
      send_proxy_protocol: 'yes',
      'timeouts.connect': '3s',
    }
    const { values } = readLabels(serverKeys, Object.entries(labels))
    const written = {
      domains: ['a.example.com'],
      addresses: ['10.0.0.1:25565'],
      send_proxy_protocol: true,
      timeouts: { connect: '3s' },
    }
    const facts = { key: 'a', source: 'here' }
    expect(validateServer({ ...facts, values }, 'p')).toEqual(validateServer({ ...facts, values: written }, 'p'))
  })
})

/** As its own row shows each of them. */
const MANAGER_EXAMPLES: Readonly<Record<string, unknown>> = Object.fromEntries(
  keysOf(serverKeys).map(([path, { example }]) => [path.split('.').at(-1) ?? '', example]),
)

describe('every key of a server’s file', () => {
  const facts = { key: 'a', source: 'here', mayBeForwarded: true }
  const reachable = {
    domains: ['a.example.com'],
    addresses: ['10.0.0.1:25565'],
    send_proxy_protocol: true,
    proxy_mode: 'client_only',
  }
  /** What must stand beside a key of `[server_manager]` for a server: its type, and what that needs. */
  const withManager = (path: string, type: string | undefined, values: object): Readonly<Record<string, unknown>> => {
    const [table = '', key = ''] = path.split('.')
    if (table !== 'server_manager') return { ...reachable, ...values }
    const [ofKey, { required }] = Object.entries(MANAGER_TYPES).find(([, { keys }]) => keys.includes(key)) ?? [
      // What belongs to no word belongs to a module.
      key === 'options' ? './power.mjs' : 'docker',
      { required: [] },
    ]
    const others = required.map((name) => [name, MANAGER_EXAMPLES[name]])
    const written = { type: type ?? ofKey, ...Object.fromEntries(others) }
    const own = Object.entries(values).flatMap(([, inner]) => (typeof inner === 'object' ? Object.entries(inner) : []))
    return { ...reachable, server_manager: { ...written, ...Object.fromEntries(own) } }
  }
  const ofAnyone = keysOf(serverKeys).filter(([, { from }]) => from === 'anyone')
  it.each(ofAnyone)('is a label that says the same: %s', (path, { example }) => {
    const text = Array.isArray(example) ? example.join('\n') : String(example)
    const { values, faults } = readLabels(serverKeys, [[path, text]])
    expect(faults).toEqual([])
    const labelled = validateServer({ ...facts, values: withManager(path, 'docker', values) }, 'docker')
    const written = withManager(path, 'docker', inTable(path, example))
    expect(labelled).toEqual(validateServer({ ...facts, values: written }, 'docker'))
    expect(labelled).toHaveProperty('server')
  })

  // `ip_filter.blacklist_file` by label read any file of the proxy's machine and quoted its first bad line in the log.
  const ofTheOperator = keysOf(serverKeys).filter(([, { from }]) => from === 'operator')
  it('is for the operator alone where it names a file, runs something or holds a key', () => {
    expect(ofTheOperator.map(([path]) => path)).toEqual([
      'secret_file',
      'ip_filter.whitelist_file',
      'ip_filter.blacklist_file',
      'player_filter.whitelist_file',
      'player_filter.blacklist_file',
      'server_manager.command',
      'server_manager.args',
      'server_manager.working_dir',
      'server_manager.ready_pattern',
      'server_manager.shutdown_timeout',
      'server_manager.stop_with_proxy',
      'server_manager.start',
      'server_manager.stop',
      'server_manager.state',
      'server_manager.command_timeout',
      'server_manager.container',
      'server_manager.api_url',
      'server_manager.api_key',
      'server_manager.server_id',
      'server_manager.poll_interval',
      'server_manager.ca_file',
      'server_manager.insecure',
      'server_manager.options',
    ])
  })
  it.each(ofTheOperator)('is refused of anyone else, in a label and in a definition: %s', (path, { example }) => {
    const refusal = `is for the files of the operator alone; write ${path} in servers/*.toml or infrarust.toml, or leave it out`
    const { values, faults } = readLabels(serverKeys, [[path, String(example)]])
    expect({ values, faults }).toEqual({ values: {}, faults: [{ name: path, text: String(example), fault: refusal }] })
    const written = { ...facts, values: withManager(path, undefined, inTable(path, example)) }
    expect(validateServer(written, 'docker')).toMatchObject({
      problems: expect.arrayContaining([{ path: path.split('.'), message: `${path} ${refusal}` }]),
    })
    expect(validateServer(written, 'file', 'operator')).toEqual(expect.objectContaining({ server: expect.anything() }))
  })
})

describe('a wrong label', () => {
  it.each([
    ['send_proxy_protcol', 'true', 'is unknown; did you mean "send_proxy_protocol"?'],
    ['timeouts.conect', '3s', 'is unknown; did you mean "timeouts.connect"?'],
    ['timeouts.read', '3s', 'has no effect here: idle ends a session in which nothing moves; remove it'],
    ['timeouts', '3s', 'has no value of its own; its keys are timeouts.connect, timeouts.login_answer, timeouts.idle'],
    ['id.of', '3s', 'is unknown; "id" has no keys below it'],
    ['__proto__.polluted', '1', 'is unknown; known here are id, name'],
    ['', '1', 'is unknown; known here are id, name'],
    ['timeouts.connect', '3', 'is "3"; write a duration with its unit, such as "3s"'],
    ['send_proxy_protocol', 'maybe', 'is "maybe"; write true (version 2), false, "v1" or "v2"'],
    ['domains', 'a b', 'holds "a b"; write a domain'],
    ['default', 'on', 'is "on"; write true or false'],
  ])('%s=%s', (name, text, fault) => {
    const { faults } = readLabels(serverKeys, [[name, text]])
    expect(faults).toEqual([{ name, text, fault: expect.stringContaining(fault) }])
  })
  // Its server is rejected, and its other domains are to be reserved.
  it('of a key shows what was written', () => {
    const { values } = readLabels(serverKeys, [
      ['domains', 'a.example.com, b ad'],
      ['domians', 'c.example.com'],
    ])
    expect(values).toEqual({ domains: ['a.example.com', 'b ad'] })
  })
})
