import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Claim, cleanDomain, type Route, RoutingTable, type Server } from '../../src/index.ts'
import { server } from '../provider/server.ts'

describe('the routing table', () => {
  it.each<[string, string, string | undefined]>([
    ['the exact name', 'a.example.com', 'a.example.com'],
    ['a wildcard for one label', 'x.example.com', '*.example.com'],
    ['a wildcard for several labels', 'x.y.example.com', '*.example.com'],
    ['the longer literal suffix', 'x.eu.example.com', '*.eu.example.com'],
    ['one character', 'lobby1.example.com', 'lobby?.example.com'],
    ['two characters where one is asked', 'lobby12.example.com', '*.example.com'],
    ['no character where one is asked', 'lobby.example.com', '*.example.com'],
    ['a star in the middle', 'play.a.b.example.net', 'play.*.example.net'],
    ['a star without a label', 'play.example.net', undefined],
    ['the parent of a wildcard', 'example.com', undefined],
    ['a dot where a character is asked', 'x.y.example.org', undefined],
    ['a star before an exact name with the same suffix', 'ba.example.com', '*.example.com'],
  ])('knows %s', (_title, name, pattern) => {
    const table = tableOf([
      'a.example.com',
      '*.example.com',
      '*.eu.example.com',
      'lobby?.example.com',
      'play.*.example.net',
      'x?y.example.org',
    ])
    expect(patternOf(table.route(name))).toBe(pattern)
  })

  it('sends what nobody has to the default server, and names without a domain too', () => {
    const fallback = server({ id: 'fallback' })
    const table = tableOf(['a.example.com'], fallback)
    for (const name of ['b.example.com', '', undefined])
      expect(table.route(name)).toEqual({ kind: 'default', server: fallback })
    expect(table.route('a.example.com').kind).toBe('server')
  })

  it('has no route without a default server', () =>
    expect(tableOf([]).route('a.example.com')).toEqual({ kind: 'none' }))

  it('answers for a default server that is offline', () => {
    const fallback = server({ id: 'fallback', state: 'offline' })
    expect(tableOf([], fallback).route('a.example.com')).toEqual({ kind: 'unavailable', server: fallback })
  })

  it('keeps a reserved name from the wildcard and the default server', () => {
    const domains = new Map<string, Claim>([
      ['a.example.com', { kind: 'reserved', source: 'servers/a.toml' }],
      ['*.example.com', { kind: 'server', server: server({ id: 'wild' }) }],
    ])
    const table = new RoutingTable({ domains, defaultServer: server({ id: 'fallback' }), isReady: true })
    expect(table.route('a.example.com')).toEqual({ kind: 'reserved', source: 'servers/a.toml' })
  })

  it('says that it is not ready only where nobody known has the name', () => {
    const domains = claims(['a.example.com', '*.example.net'])
    const table = new RoutingTable({ domains, defaultServer: server({ id: 'fallback' }), isReady: false })
    expect(table.route('a.example.com').kind).toBe('server')
    expect(table.route('x.example.net').kind).toBe('server')
    expect(table.route('b.example.com')).toEqual({ kind: 'not-ready' })
  })

  it('is the same for every order of the same names', () => {
    const label = fc.constantFrom('a', 'b', 'aa', '*', '?', 'a?', '??', 'b?a')
    const pattern = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'))
    const name = fc
      .array(fc.constantFrom('a', 'b', 'aa', 'ab', 'bba'), { minLength: 1, maxLength: 5 })
      .map((labels) => labels.join('.'))
    const shuffled = fc
      .uniqueArray(pattern, { minLength: 1, maxLength: 12 })
      .chain((patterns) =>
        fc.tuple(fc.constant(patterns), fc.shuffledSubarray(patterns, { minLength: patterns.length })),
      )
    fc.assert(
      fc.property(shuffled, fc.array(name, { minLength: 1 }), ([patterns, others], names) => {
        const [one, other] = [tableOf(patterns), tableOf(others)]
        for (const asked of names) {
          expect(patternOf(other.route(asked))).toBe(patternOf(one.route(asked)))
          expect(patternOf(one.route(asked))).toBe(mostSpecific(patterns, asked))
        }
      }),
    )
  })

  it('is quick for hostile names: many stars, long names, thousands of wildcards', () => {
    const stars = `${Array(60).fill('*.a').join('.')}.b`
    const many = Array.from({ length: 5_000 }, (_, index) => `*.s${index}.example.com`)
    const table = tableOf([stars, ...many])
    const hostile = cleanDomain(Array(127).fill('a').join('.'))
    // Backtracking over sixty stars would not end in this century, so coming back at all is the proof.
    for (let round = 0; round < 1_000; round++) expect(table.route(hostile)).toEqual({ kind: 'none' })
  })
})

function tableOf(patterns: readonly string[], defaultServer?: Server): RoutingTable {
  return new RoutingTable({ domains: claims(patterns), defaultServer, isReady: true })
}

function claims(patterns: readonly string[]): ReadonlyMap<string, Claim> {
  return new Map(patterns.map((pattern) => [pattern, { kind: 'server', server: server({ id: pattern }) }]))
}

function patternOf(route: Route): string | undefined {
  return route.kind === 'server' ? route.server.id : undefined
}

/** The rule of the documentation, said in another way: regular expressions, and a sort over all that match. */
function mostSpecific(patterns: readonly string[], name: string): string | undefined {
  if (patterns.includes(name)) return name
  const matching = patterns.filter((pattern) => expression(pattern).test(name))
  const suffix = (pattern: string) => pattern.length - 1 - Math.max(pattern.lastIndexOf('*'), pattern.lastIndexOf('?'))
  const prefix = (pattern: string) => pattern.search(/[*?]/)
  const literals = (pattern: string) => pattern.replaceAll(/[*?]/g, '').length
  return matching.sort(
    (a, b) => suffix(b) - suffix(a) || prefix(b) - prefix(a) || literals(b) - literals(a) || (a < b ? -1 : 1),
  )[0]
}

function expression(pattern: string): RegExp {
  const source = pattern.replaceAll('.', '\\.').replaceAll('*', '[^.]+(\\.[^.]+)*').replaceAll('?', '[^.]')
  return new RegExp(`^${source}$`)
}
