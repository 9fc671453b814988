import { describe, expect, it } from 'vitest'
import { coversPattern, isCatchAll, RoutingTable } from '../../src/index.ts'
import { server } from '../provider/server.ts'

describe('a domain pattern', () => {
  it.each([
    ['*.example.com', 'a.example.com', true],
    ['*.example.com', 'a.b.example.com', true],
    ['*.example.com', '*.example.com', true],
    ['*.example.com', '*.a.example.com', true],
    ['*.example.com', 'a?.example.com', true],
    ['*.example.com', 'example.com', false],
    ['*.example.com', 'example.com.evil.net', false],
    ['*.example.com', 'aexample.com', false],
    ['*.example.com', '*.com', false],
    ['*.example.com', '*', false],
    ['*.example.com', '*.example.c?m', false],
    ['a?.example.com', 'ab.example.com', true],
    ['a?.example.com', 'a?.example.com', true],
    ['a?.example.com', '??.example.com', false],
    ['a?.example.com', 'abc.example.com', false],
    ['?.example.com', '*.example.com', false],
    ['*', '*.*', true],
    ['*.*', '*', false],
    ['*.mc.*', 'a.mc.b.mc.c', true],
    ['a.example.com', 'a.example.com', true],
    ['a.example.com', 'b.example.com', false],
  ])('%s covers %s: %s', (allowed, pattern, covers) => expect(coversPattern(allowed, pattern)).toBe(covers))

  it('covers a name exactly where the router matches it', () => {
    const labels = ['a', 'ab', 'mc', 'com']
    const names = labels.flatMap((one) => [one, ...labels.flatMap((two) => [`${one}.${two}`, `${one}.mc.${two}`])])
    for (const pattern of ['*', '*.com', 'a?.*', '*.mc.*', '?.com', '*.*', 'mc.*', '??.???']) {
      const claims = new Map([[pattern, { kind: 'server' as const, server: server({ id: 'x' }) }]])
      const table = new RoutingTable({ domains: claims, defaultServer: undefined, isReady: true })
      for (const name of names)
        expect(coversPattern(pattern, name), `${pattern} ${name}`).toBe(table.route(name).kind === 'server')
    }
  })

  it.each([
    ['*', true],
    ['*.*', true],
    ['*.???', true],
    ['*.c?m', true],
    ['????', true],
    ['*.com', false],
    ['mc.*', false],
    ['a.example.com', false],
  ])('%s takes names of everybody’s: %s', (pattern, catchesAll) => expect(isCatchAll(pattern)).toBe(catchesAll))
})
