import { readGateway, type Server } from '@infrarust/core'
import { validateServer } from '@infrarust/core/provider'
import { describe, expect, it } from 'vitest'
import { leadsTo, remarks } from '../src/ping/remarks.ts'
import type { WayFindings } from '../src/ping/way.ts'
import { wayThrough } from '../src/ping/ways.ts'
import { PROGRAM_KEYS } from '../src/program-keys.ts'

function configOf(written: unknown) {
  return readGateway(written, { program: PROGRAM_KEYS }).config
}

/** Where ping connects for the first listener of this file, with which header; or why it does not. */
function through(written: unknown): readonly unknown[] {
  const [listener] = configOf(written).listeners
  if (listener === undefined) throw new Error('no listener')
  const { sends, target } = wayThrough(listener, 'a.example.com')
  return target.kind === 'ask' ? [sends, target.endpoint.address, target.endpoint.port] : [sends, target.message]
}

const required = (more: object) => ({ mode: 'required', ...more })

describe('the way through a listener', () => {
  it.each([
    ['every address', { bind: '0.0.0.0:1' }, [false, '127.0.0.1', 1]],
    ['every address of both families', { bind: '[::]:1' }, [false, '127.0.0.1', 1]],
    ['one address', { bind: '192.0.2.1:1' }, [false, '192.0.2.1', 1]],
    ['a listener that wants a header', { bind: '[::1]:1', proxy_protocol: required({}) }, [2, '::1', 1]],
    [
      'one that takes version 1 alone',
      { bind: '127.0.0.1:1', proxy_protocol: required({ versions: ['v1'] }) },
      [1, '127.0.0.1', 1],
    ],
    [
      'one that takes a header where there is one',
      { bind: '127.0.0.1:1', proxy_protocol: { mode: 'optional', trusted: ['10.0.0.2'] } },
      [false, '127.0.0.1', 1],
    ],
    [
      'one that believes the other family',
      { bind: '[::]:1', proxy_protocol: required({ trusted: ['::1'] }) },
      [2, '::1', 1],
    ],
    [
      'one that believes others',
      { bind: '[::]:1', proxy_protocol: required({ trusted: ['10.0.0.2'] }) },
      [2, expect.stringContaining('--via')],
    ],
    ['a port that the system chooses', { bind: '127.0.0.1:0' }, [false, expect.stringContaining('--bind')]],
  ])('to %s is the one that a player on this machine has', (_, written, way) => {
    expect(through(written)).toEqual(way)
  })
})

function server(more: object = {}): Server {
  const values = { domains: ['a.example.com'], addresses: ['10.0.0.1'], ...more }
  const validated = validateServer({ key: 'a', source: 'servers/a.toml', values }, 'file')
  if ('problems' in validated) throw new Error(JSON.stringify(validated.problems))
  return validated.server
}

const status = { version: 'Paper', protocol: 769, players: { online: 1, max: 2 }, motd: 'here' }

function found(way: 'through' | 'past', more: Partial<WayFindings> = {}): WayFindings {
  return { way, address: `${way}:1`, sends: false, result: 'answered', error: null, latency_ms: 1, status, ...more }
}

const none = { result: 'closed', error: 'closed without an answer', latency_ms: null, status: null } as const

describe('what ping says of a domain', () => {
  const config = configOf({})
  it.each([
    [{ kind: 'server', server: server() }, /^a\.example\.com leads to server "a" \(servers\/a\.toml\)$/],
    [{ kind: 'default', server: server() }, /no server's domain, and leads to the default server "a"/],
    [
      { kind: 'unavailable', server: { ...server(), state: 'starting' } },
      /which is starting: the proxy answers for it/,
    ],
    [{ kind: 'reserved', source: 'servers/b.toml' }, /is in servers\/b\.toml, which has a mistake/],
    [{ kind: 'not-ready' }, /a provider has not listed its servers yet/],
    [{ kind: 'none' }, /the proxy answers itself; infrarust add a\.example\.com <address>/],
  ] as const)('is where it leads: %j', (route, text) => {
    expect(leadsTo({ domain: 'a.example.com', route, config })).toMatch(text)
  })
  it('is that the connection is closed where the configuration says so', () => {
    const drops = configOf({ unknown_domain_behavior: 'drop' })
    expect(leadsTo({ domain: 'x', route: { kind: 'none' }, config: drops })).toContain(
      'unknown_domain_behavior = "drop"',
    )
  })
})

describe('what ping says below its table', () => {
  function said(
    ways: readonly WayFindings[],
    more: { readonly runs?: boolean; readonly config?: object; readonly server?: object } = {},
  ) {
    const route = { kind: 'server', server: server(more.server) } as const
    return remarks({
      domain: 'a.example.com',
      route,
      runs: more.runs ?? true,
      ways,
      config: configOf(more.config ?? {}),
    })
  }

  it('is nothing where both ways give the same', () => {
    expect(said([found('through'), found('past')])).toEqual([])
  })
  it('names what may be behind a difference, and leaves out what cannot be', () => {
    const other = found('through', { status: { ...status, version: 'Velocity', protocol: 0, motd: 'there' } })
    expect(said([other, found('past')])).toEqual([
      expect.stringMatching(
        /^version, protocol, MOTD through .* differ: .*\[status_cache\].*maintenance.*different each time$/,
      ),
    ])
    const counted = found('through', { status: { ...status, players: null } })
    const [line] = said([counted, found('past')], { config: { status_cache: { ttl: '0s' } } })
    expect(line).toMatch(/^players through .* differ: the status may be different each time$/)
  })
  it('names what may keep the proxy from answering, and what the server may have wanted', () => {
    expect(said([found('through', none), found('past')])).toEqual([
      expect.stringMatching(
        /^through through:1: closed without an answer; .*, and the server does: its log says why; .*\[ip_filter\]/,
      ),
    ])
    expect(said([found('through', none), found('past', { ...none, sends: 1 })])[1]).toMatch(
      /^past past:1: .*a PROXY header of version 1: infrarust doctor/,
    )
  })
  it('compares with the first address of the server that answers', () => {
    const differs = found('past', { status: { ...status, motd: 'there' } })
    expect(said([found('through'), found('past', none), found('past'), differs])).toHaveLength(1)
  })
  it('says whether a proxy runs at all', () => {
    expect(said([found('through'), found('past')], { runs: false })[0]).toContain('another program')
    const gone = found('through', { ...none, result: 'unreachable' })
    expect(said([gone, found('past')], { runs: false })[0]).toContain('infrarust starts it')
    expect(said([gone, found('past')])[0]).toContain('infrarust status')
  })
})
