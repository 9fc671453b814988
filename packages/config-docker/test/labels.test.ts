import { describe, expect, it } from 'vitest'
import { type LabelledServer, readContainerLabels } from '../src/labels.ts'

const OPTIONS = { labelPrefix: 'infrarust', isExposedByDefault: false }
type Labels = Readonly<Record<string, string>>

const read = (labels: Labels, options = OPTIONS) =>
  readContainerLabels({ name: 'lobby', labels: new Map(Object.entries(labels)) }, options)

/** With `infrarust.enable=true` and the prefix before each name. */
const servers = (labels: Labels): readonly LabelledServer[] => {
  const prefixed = Object.fromEntries(Object.entries(labels).map(([name, value]) => [`infrarust.${name}`, value]))
  const meaning = read({ 'infrarust.enable': 'true', ...prefixed })
  if (meaning.kind === 'ignored') throw new Error('ignored')
  return meaning.servers
}

// Docker takes a label for what it is: one in another case did nothing, and nobody said so.
it.each([
  ['Infrarust.Enable', 'enable'],
  ['INFRARUST.enable', 'enable'],
  ['infrarust-enable', 'enable'],
  ['infarust.enable', 'enable'],
  ['infarust_enable', 'enable'],
  ['infarust.motd.online.text', 'motd.online.text'],
  ['infrarust/domains', 'domains'],
  ['INFRARUST_DOMAINS', 'domains'],
  ['infrarust enable', 'enable'],
  ['infrarust', 'enable'],
  ['Infrarust.Enabled', 'enabled'],
  ['Infrarust.lobby.Domains', 'lobby.domains'],
  ['Infrarust.send_proxy_protocol', 'send_proxy_protocol'],
  ['com.infrarust.enable', 'enable'],
])('a label near the prefix is named with what to write instead: %s', (label, key) => {
  const warning = `container "lobby": label ${label} is not read; labels begin with "infrarust.", as in infrarust.${key}`
  expect(read({ [label]: 'true' })).toEqual({ kind: 'ignored', warning })
  // Of a container with other labels that were right nothing was said.
  expect(read({ 'infrarust.enable': 'true', [label]: 'true' })).toMatchObject({ kind: 'servers', warning })
  expect(read({ [label]: 'true' }, { ...OPTIONS, isExposedByDefault: true })).toMatchObject({
    kind: 'servers',
    warning,
  })
})

it.each([
  'infrastructure.enable',
  'infrarust-backup.schedule',
  'org.example.infrarust',
  'traefik.enable',
  'maintainer',
])('a label of another program is none of ours: %s', (label) => {
  expect(read({ [label]: 'true' })).toEqual({ kind: 'ignored', warning: undefined })
})

it('a label in another case keeps its prefix, however many dots that has', () => {
  const options = { labelPrefix: 'com.example.mc', isExposedByDefault: false }
  expect(read({ 'com.example.MC.enable': 'true' }, options)).toMatchObject({
    warning: expect.stringContaining('as in com.example.mc.enable'),
  })
})

describe('whether a container is a server', () => {
  const own: LabelledServer = { name: undefined, values: {}, port: undefined, network: undefined, problems: [] }
  const rows: readonly (readonly [labels: Labels, expected: unknown])[] = [
    [{}, { kind: 'ignored', warning: undefined }],
    [{ 'infrarust.enable': 'true' }, { kind: 'servers', servers: [own] }],
    ...['TRUE', '1', 'yes', 'Yes '].map(
      (value) => [{ 'infrarust.enable': value }, { kind: 'servers', servers: [own] }] as const,
    ),
    ...['false', '0', 'NO'].map(
      (value) =>
        [
          { 'infrarust.enable': value, 'infrarust.domains': 'a' },
          { kind: 'ignored', warning: undefined },
        ] as const,
    ),
    [
      { 'traefik.enable': 'true', 'traefik.http.routers.lobby.rule': 'Host(`a`)', maintainer: 'infrarust' },
      { kind: 'ignored', warning: undefined },
    ],
    [
      { 'infrarust.domains': 'a.example.com' },
      {
        kind: 'ignored',
        warning: 'container "lobby": label infrarust.domains is ignored; add the label infrarust.enable=true',
      },
    ],
    [
      { 'infrarust.domains': 'a.example.com', 'infrarust.port': '1' },
      {
        kind: 'ignored',
        warning:
          'container "lobby": label infrarust.domains and 1 more is ignored; add the label infrarust.enable=true',
      },
    ],
  ]
  it.each(rows)('%j', (labels, expected) => {
    expect(read(labels)).toEqual(expected)
  })

  it('is every container where that is the default, unless it says no', () => {
    const options = { ...OPTIONS, isExposedByDefault: true }
    expect(read({}, options).kind).toBe('servers')
    expect(read({ 'infrarust.enable': 'no' }, options)).toEqual({ kind: 'ignored', warning: undefined })
  })
  it('follows another prefix', () => {
    const options = { ...OPTIONS, labelPrefix: 'com.example.mc' }
    const labels = { 'com.example.mc.enable': 'true', 'com.example.mc.port': '0', 'infrarust.port': 'x' }
    expect(read(labels, options)).toMatchObject({
      servers: [
        { problems: ['container "lobby": label com.example.mc.port is 0; a port is a number from 1 to 65535'] },
      ],
    })
  })
})

describe('what labels say', () => {
  const rows: readonly (readonly [labels: Labels, expected: Partial<LabelledServer>])[] = [
    [
      { domains: 'a.example.com, *.b.example.com\n\n c.example.com ,' },
      { values: { domains: ['a.example.com', '*.b.example.com', 'c.example.com'] } },
    ],
    [
      { port: '25566', network: ' games ' },
      { port: 25_566, network: 'games', values: {} },
    ],
    [{ send_proxy_protocol: 'v1' }, { values: { send_proxy_protocol: 'v1' } }],
    [{ send_proxy_protocol: 'Yes' }, { values: { send_proxy_protocol: true } }],
    [{ send_proxy_protocol: '0' }, { values: { send_proxy_protocol: false } }],
    [{ default: '1', name: 'The Lobby' }, { values: { default: true, name: 'The Lobby' } }],
    [
      { 'timeouts.connect': '3s', 'timeouts.idle': '1m 30s' },
      { values: { timeouts: { connect: '3s', idle: '1m 30s' } } },
    ],
    [{ addresses: '10.0.0.1:25565' }, { values: { addresses: ['10.0.0.1:25565'] } }],
  ]
  it.each(rows)('%j', (labels, expected) => {
    expect(servers(labels)).toEqual([expect.objectContaining({ name: undefined, problems: [], ...expected })])
  })

  it('may be several servers on one network', () => {
    const read = servers({
      'a.domains': 'a.example.com',
      'a.timeouts.connect': '1s',
      'b.domains': 'b.example.com',
      'b.port': '25566',
      'b.network': 'back',
      network: 'front',
    })
    expect(read).toEqual([
      {
        name: 'a',
        values: { domains: ['a.example.com'], timeouts: { connect: '1s' } },
        port: undefined,
        network: 'front',
        problems: [],
      },
      { name: 'b', values: { domains: ['b.example.com'] }, port: 25_566, network: 'back', problems: [] },
    ])
  })
  it('may take one of several servers out', () => {
    const read = servers({
      'a.enable': 'yes',
      'a.domains': 'a.example.com',
      'b.enable': 'no',
      'b.domains': 'b.example.com',
    })
    expect(read).toMatchObject([{ name: 'a', values: { domains: ['a.example.com'] }, problems: [] }])
    expect(read[0]?.values).not.toHaveProperty('enable')
  })
  it("may be the container's own server beside named ones", () => {
    const read = servers({ domains: 'own.example.com', 'a.domains': 'a.example.com' })
    expect(read.map(({ name, values }) => [name, values])).toEqual([
      [undefined, { domains: ['own.example.com'] }],
      ['a', { domains: ['a.example.com'] }],
    ])
  })
})

describe('a wrong label', () => {
  const rows: readonly (readonly [label: string, value: string, problem: string])[] = [
    ['port', '25565x', 'infrarust.port is "25565x"; a port is a number from 1 to 65535'],
    ['port', '65536', 'infrarust.port is 65536; a port is a number from 1 to 65535'],
    ['domians', 'a.b', 'infrarust.domians="a.b" is unknown; did you mean "domains"?'],
    ['prot', '1', 'infrarust.prot="1" is unknown; did you mean "port"?'],
    [
      'send-proxy-protocol',
      'true',
      'infrarust.send-proxy-protocol="true" is unknown; did you mean "send_proxy_protocol"?',
    ],
    ['timeuots.connect', '3s', 'infrarust.timeuots.connect="3s" is unknown; did you mean "timeouts"?'],
    ['timeouts.conect', '3s', 'infrarust.timeouts.conect="3s" is unknown; did you mean "timeouts.connect"?'],
    ['timeouts.connect', '3', 'infrarust.timeouts.connect is "3"; write a duration with its unit, such as "3s"'],
    ['send_proxy_protocol', 'v3', 'infrarust.send_proxy_protocol is "v3"; write true (version 2), false, "v1" or "v2"'],
    ['a.domians', 'x.y', 'infrarust.a.domians="x.y" is unknown; did you mean "domains"?'],
    ['a.enable', 'treu', 'infrarust.a.enable is "treu"; write true or false'],
    ['a.port', '0', 'infrarust.a.port is 0; a port is a number from 1 to 65535'],
    ['domains.x', 'y', 'infrarust.domains.x="y" is unknown; "domains" has no keys below it'],
  ]
  it.each(rows)('%s = %j names the container, the label, the value and what is right', (label, value, problem) => {
    const [server] = servers({ [label]: value })
    expect(server?.problems).toEqual([`container "lobby": label ${problem}`])
  })
  it('of "enable" leaves the container out', () => {
    const meaning = read({ 'infrarust.enable': 'treu' })
    expect(meaning).toMatchObject({
      servers: [{ problems: ['container "lobby": label infrarust.enable is "treu"; write true or false'] }],
    })
  })
  it('is not the other server’s business', () => {
    const problems = servers({ 'a.domains': 'a.example.com', 'b.domains': 'b.example.com', 'b.port': 'x' })
    expect(problems.map((server) => server.problems.length)).toEqual([0, 1])
  })
  it.each(['__proto__', '', '.', 'a..b', 'constructor', '__proto__.x'])('%j is unknown and does no harm', (label) => {
    expect(servers({ [label]: 'x' })[0]?.problems).toHaveLength(1)
  })
})
