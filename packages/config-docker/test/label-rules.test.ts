import { ProviderRegistry, type RegistryNotice } from '@infrarust/core'
import { readTable, type ServerDefinition, validateServer } from '@infrarust/core/provider'
import type { Container } from '@infrarust/docker-engine'
import { describe, expect, it } from 'vitest'
import { defineServers } from '../src/definitions.ts'
import { dockerKeys } from '../src/docker-keys.ts'
import { recorded } from './recorded.ts'

type Labels = Readonly<Record<string, string>>

/** What a container named lobby at 172.17.0.2 means under this `[docker]`; labels without their prefix. */
function defined(
  labels: Labels,
  docker: object = {},
  container: Container = recorded('lobby'),
): readonly ServerDefinition[] {
  const { value: config, problems } = readTable(dockerKeys, docker)
  if (problems.length > 0) throw new Error(JSON.stringify(problems))
  const prefixed = Object.entries(labels).map(([name, value]): [string, string] => [`infrarust.${name}`, value])
  const labelled = { ...container, labels: new Map([['infrarust.enable', 'true'], ...prefixed]) }
  return defineServers([labelled], [labelled], { kind: 'host' }, config).servers.map(({ definition }) => definition)
}

/** What is wrong with its only server, by whoever finds it; empty for one that is served. */
function problemsOf(labels: Labels, docker: object = {}, container?: Container): readonly string[] {
  const [definition] = defined(labels, docker, container)
  if (definition === undefined) throw new Error('no server')
  const { problems = [] } = definition
  if (problems.length > 0) return problems
  const validated = validateServer(definition, 'docker')
  return 'problems' in validated ? validated.problems.map(({ message }) => message) : []
}

const ELSEWHERE = (address: string, allowed: string): string =>
  `container "lobby": label infrarust.addresses leads to "${address}", which is not the container itself; allow_addresses = ["${allowed}"] in [docker] lets labels do so`
const NAME = (name: string): string =>
  `container "lobby": label infrarust.addresses holds the name "${name}"; labels may write addresses only, of networks in allow_addresses of [docker]`
const DEFAULT =
  'container "lobby": label infrarust.default takes every domain that no server has; only allow_default = true in [docker] lets labels do so'
const SOCKET = (socket: string, written = socket): string =>
  `container "lobby": label infrarust.addresses="${written}" holds "${socket}"; a Unix socket is for the files of the operator alone; write addresses in servers/*.toml, or another address here`
const CATCH_ALL = (pattern: string): string =>
  `container "lobby": label infrarust.domains holds "${pattern}", which takes everybody's domains; only allow_default = true in [docker] lets labels do so`
const OUTSIDE = (domain: string, label = 'infrarust.domains'): string =>
  `container "lobby": label ${label} holds "${domain}", which domains in [docker] does not hold; labels may claim no other domain`
const FILE = (key: string): string =>
  `container "lobby": label infrarust.${key}="/proc/self/pagemap" is for the files of the operator alone; write ${key} in servers/*.toml or infrarust.toml, or leave it out`

describe('a label', () => {
  const PLACES = { allow_addresses: ['10.0.0.0/8', '2001:db8::/32'] }
  const NAMES = { domains: ['*.example.com', 'mc.example.net'] }
  const rows: readonly (readonly [labels: Labels, docker: object, problem: string | undefined])[] = [
    // Any file of the proxy's machine was read: /proc/self/pagemap hung the process for good.
    [{ 'ip_filter.blacklist_file': '/proc/self/pagemap' }, {}, FILE('ip_filter.blacklist_file')],
    [{ 'ip_filter.whitelist_file': '/proc/self/pagemap' }, {}, FILE('ip_filter.whitelist_file')],
    [{ 'ip_filter.blacklist': '192.0.2.0/24' }, {}, undefined],

    // A label led players, and PROXY headers with them, to anything that the proxy reaches.
    [{ addresses: '10.0.0.1:25565' }, {}, ELSEWHERE('10.0.0.1:25565', '10.0.0.1')],
    [{ addresses: '127.0.0.1:2375' }, {}, ELSEWHERE('127.0.0.1:2375', '127.0.0.1')],
    [{ addresses: '[::1]:22' }, {}, ELSEWHERE('[::1]:22', '::1')],
    [{ addresses: '[::ffff:127.0.0.1]:22' }, {}, ELSEWHERE('[::ffff:127.0.0.1]:22', '127.0.0.1')],
    [{ addresses: '0.0.0.0:25565' }, {}, ELSEWHERE('0.0.0.0:25565', '0.0.0.0')],
    [{ addresses: '169.254.169.254:80' }, {}, ELSEWHERE('169.254.169.254:80', '169.254.169.254')],
    [{ addresses: 'localhost:25565' }, {}, NAME('localhost')],
    [{ addresses: 'unix:/var/run/docker.sock' }, {}, SOCKET('unix:/var/run/docker.sock')],
    [
      { addresses: '10.0.0.1, unix:/run/infrarust/control.sock' },
      PLACES,
      SOCKET('unix:/run/infrarust/control.sock', '10.0.0.1, unix:/run/infrarust/control.sock'),
    ],
    [{ addresses: 'db.internal:5432' }, PLACES, NAME('db.internal')],
    [{ addresses: '10.0.0.1:25565' }, PLACES, undefined],
    [{ addresses: '[::ffff:10.0.0.1]:25565' }, PLACES, undefined],
    [{ addresses: '[2001:db8::5]:25565' }, PLACES, undefined],
    [{ addresses: '10.0.0.1:25565, 192.0.2.1:25565' }, PLACES, ELSEWHERE('192.0.2.1:25565', '192.0.2.1')],
    // Its own address leads to itself.
    [{ addresses: '172.17.0.2:25570' }, {}, undefined],
    [{ port: '25570' }, {}, undefined],

    [{ default: 'true' }, {}, DEFAULT],
    [{ default: 'YES ' }, {}, DEFAULT],
    [{ default: 'false' }, {}, undefined],
    [{ default: 'true' }, { allow_default: true }, undefined],
    [{ domains: '*' }, {}, CATCH_ALL('*')],
    [{ domains: '*.*' }, {}, CATCH_ALL('*.*')],
    [{ domains: '*.c?m' }, {}, CATCH_ALL('*.c?m')],
    [{ domains: '*.' }, {}, CATCH_ALL('*.')],
    [{ domains: '*' }, { allow_default: true }, undefined],
    [{ domains: '*.example.com' }, {}, undefined],

    [{ domains: 'lobby.example.com' }, NAMES, undefined],
    [{ domains: 'LOBBY.Example.com., *.eu.example.com, mc.example.net' }, NAMES, undefined],
    [{ domains: 'lobby.example.org' }, NAMES, OUTSIDE('lobby.example.org')],
    [{ domains: 'example.com' }, NAMES, OUTSIDE('example.com')],
    [{ domains: '*.com' }, NAMES, OUTSIDE('*.com')],
    [{ domains: '*.example.net' }, NAMES, OUTSIDE('*.example.net')],
    [{ domains: '*' }, { ...NAMES, allow_default: true }, OUTSIDE('*')],
    [
      { domains: 'a.example.org, b.example.com, c.example.org' },
      NAMES,
      `${OUTSIDE('a.example.org')} (and 1 more of its domains)`,
    ],
    [{ 'creative.domains': 'a.example.org' }, NAMES, OUTSIDE('a.example.org', 'infrarust.creative.domains')],
    [
      {},
      NAMES,
      'container "lobby": has no label infrarust.domains, and lobby.docker.local is not among domains in [docker]; add that label',
    ],
    [{}, { domains: ['*.docker.local'] }, undefined],
    [{ default: 'true' }, { ...NAMES, allow_default: true }, undefined],

    // Texts, and what a container's own server gets to see, are its own business.
    [{ domain_rewrite: 'lobby.internal', send_proxy_protocol: 'true' }, {}, undefined],
    [{ 'messages.server_down': 'Back at noon.', 'motd.offline.text': 'Asleep' }, {}, undefined],
  ]
  it.each(rows)('%j under %j', (labels, docker, problem) => {
    expect(problemsOf(labels, docker)).toEqual(problem === undefined ? [] : [problem])
  })

  it('names no file as a picture', () => {
    expect(problemsOf({ 'motd.online.favicon': '/etc/passwd' })).toEqual([
      'container "lobby": label infrarust.motd.online.favicon is "/etc/passwd"; write a PNG of 64×64 pixels as data:image/png;base64,…; only the files of the operator may name the path of one',
    ])
  })
  it('keeps no domain from anybody that it may not claim', () => {
    const [definition] = defined({ domains: 'a.example.com, *, b.example.org' }, NAMES)
    expect(definition).toMatchObject({ values: { domains: ['a.example.com'] }, keepsLastGood: false })
  })
})

describe('what one container may cost', () => {
  const many = (count: number): Labels =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`s${index}.port`, 'x']))

  it.each([
    ['labels', many(600), 'has 600 labels for the proxy; 512 are read at most'],
    ['characters in a value', { name: 'x'.repeat(40_000) }, '(name) of 40000 characters; 32768 are read at most'],
    ['characters in a name', { ['x'.repeat(300)]: '1' }, 'whose name is 300 characters long; 256 are read at most'],
    [
      'characters in all',
      Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`s${index}.name`, 'x'.repeat(30_000)])),
      'characters in all; 524288 are read at most',
    ],
  ])('is no server and one line where it has too many %s', (_what, labels, text) => {
    const lobby = { ...recorded('lobby'), labels: new Map([['infrarust.enable', 'true']]) }
    for (const [name, value] of Object.entries(labels)) lobby.labels.set(`infrarust.${name}`, value)
    const config = readTable(dockerKeys, {}).value
    const { servers, diagnostics } = defineServers([lobby], [lobby], { kind: 'host' }, config)
    expect(servers).toEqual([])
    expect(diagnostics).toEqual([
      {
        level: 'warn',
        about: 'container "lobby"',
        message: expect.stringMatching(/^container "lobby": .*, so it is left out$/),
      },
    ])
    expect(diagnostics[0]?.message).toContain(text)
  })

  it('is five lines for a server, however much is wrong with it', () => {
    const labels = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`nonsense${index}`, 'x']))
    const problems = problemsOf(labels)
    expect(problems).toHaveLength(5)
    expect(problems.at(-1)).toMatch(/ \(and 95 more\)$/)
  })

  // Each start of a container that ends at once brought its wrong labels into the log again.
  it('is so many lines of the log, however often it starts and stops with wrong labels', () => {
    const notices: RegistryNotice[] = []
    const registry = new ProviderRegistry({ validate: validateServer, log: (notice) => notices.push(notice) })
    let list: (servers: readonly ServerDefinition[]) => void = () => {}
    registry.use([
      {
        name: 'docker',
        start: (emit) => {
          list = (servers) => {
            emit({ servers })
            registry.flush()
          }
        },
      },
    ])
    const down = { ...recorded('lobby'), condition: { kind: 'down', sinceMs: undefined } } as const
    for (let round = 0; round < 200; round++) {
      const labels = { addresses: '10.0.0.1:25565', port: `x${round}` }
      list(defined(labels))
      list(defined(labels, {}, down))
      list([])
      list([...defined({}), ...defined(many(30))])
    }
    registry.stop()
    expect(notices.length).toBeGreaterThan(5)
    expect(notices.length).toBeLessThan(30)
    expect(notices.at(-1)?.message).toBe(
      'container "lobby": these are 20 lines about it; of what follows one a minute is written',
    )
  })
})

describe('what the operator does not allow any more', () => {
  it.each([
    [
      'addresses',
      { addresses: '10.0.0.1:25565', domains: 'a.example.com' },
      { allow_addresses: ['10.0.0.0/8'] },
      'reserved',
    ],
    ['domains', { domains: 'a.example.com' }, { domains: ['*.example.com'] }, 'none'],
    ['every domain', { domains: '*' }, { allow_default: true }, 'none'],
  ])('ends with its last good version: %s', (_what, labels, allowing, afterwards) => {
    const registry = new ProviderRegistry({ validate: validateServer, log: () => {} })
    const provider = (docker: object) => ({
      name: 'docker',
      start: (emit: (emission: { servers: readonly ServerDefinition[] }) => void) =>
        emit({ servers: defined(labels, docker) }),
    })
    registry.use([provider(allowing)])
    registry.flush()
    const route = () => registry.route('a.example.com').kind
    // A pattern is a route to its server too.
    return Promise.resolve().then(() => {
      expect(route()).toBe('server')
      const tightened = 'domains' in allowing ? { domains: ['*.example.net'] } : {}
      registry.use([provider(tightened)])
      return Promise.resolve().then(() => {
        registry.flush()
        expect(route()).toBe(afterwards)
        registry.stop()
      })
    })
  })
})
