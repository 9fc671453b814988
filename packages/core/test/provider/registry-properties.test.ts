import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ServerDefinition, validateServer } from '../../src/entries/provider.ts'
import { ProviderRegistry } from '../../src/index.ts'
import { definition, ScriptedProvider } from './scripted-provider.ts'

const NAMES = ['a.example.com', 'b.example.com', '*.example.com', '?.example.com', 'c.example.net'] as const
const ASKED = [
  'a.example.com',
  'b.example.com',
  'x.example.com',
  'x.y.example.com',
  'c.example.net',
  'nobody.example.org',
]

const server: fc.Arbitrary<ServerDefinition> = fc
  .record({
    key: fc.constantFrom('k1', 'k2', 'k3', 'k4', 'k5'),
    id: fc.constantFrom(undefined, 'same'),
    domains: fc.subarray([...NAMES], { minLength: 1 }),
    isDefault: fc.boolean(),
    isBroken: fc.boolean(),
    state: fc.constantFrom('online', 'starting', 'offline'),
    precedence: fc.constantFrom(undefined, 0, 1, 2),
  })
  .map(({ key, id, domains, isDefault, isBroken, state, precedence }) =>
    definition(
      key,
      { domains, default: isDefault, ...(id && { id }), ...(isBroken && { unknown_key: 1 }) },
      { state, ...(precedence !== undefined && { precedence }) },
    ),
  )

const list = fc.uniqueArray(server, { selector: ({ key }) => key, maxLength: 5 })

describe('the registry', () => {
  it('comes to the same table whatever the order of the lists and of the providers’ first words', () => {
    const shuffled = list.chain((one) =>
      fc.tuple(fc.constant(one), fc.shuffledSubarray(one, { minLength: one.length })),
    )
    fc.assert(
      fc.property(shuffled, shuffled, ([first, firstShuffled], [second, secondShuffled]) => {
        const one = new Pair()
        one.first.list(...first)
        one.second.list(...second)
        const other = new Pair()
        other.second.list(...secondShuffled)
        other.first.list(...firstShuffled)
        expect(other.routes()).toEqual(one.routes())
        one.registry.stop()
        other.registry.stop()
      }),
    )
  })

  it('forgets everything but the last good versions: a clean list leads to the table of a fresh start', () => {
    const good = list.map((servers) => servers.filter(({ values }) => !('unknown_key' in values)))
    fc.assert(
      fc.property(list, list, good, (before, between, last) => {
        const worn = new Pair()
        worn.first.list(...before)
        worn.registry.use([worn.first, worn.second])
        worn.first.list(...between)
        worn.first.emit({ error: 'gone for a moment' })
        worn.first.list(...last)
        worn.first.emit({ error: 'so that the slot is emptied' })
        worn.second.list()
        const fresh = new Pair()
        fresh.first.list(...last)
        fresh.second.list()
        expect(worn.routes()).toEqual(fresh.routes())
        worn.registry.stop()
        fresh.registry.stop()
      }),
    )
  })

  it('has a route for every name of every good server that is online, after every list', () => {
    fc.assert(
      fc.property(fc.array(list, { minLength: 1, maxLength: 5 }), (lists) => {
        const pair = new Pair()
        pair.second.list()
        for (const servers of lists) {
          pair.first.list(...servers)
          pair.first.emit({ error: 'so that the slot is emptied' })
          for (const { domains, state } of pair.registry.servers)
            for (const domain of domains)
              if (state === 'online' && !/[*?]/.test(domain)) expect(pair.registry.route(domain).kind).toBe('server')
        }
        pair.registry.stop()
      }),
    )
  })
})

class Pair {
  readonly first = new ScriptedProvider('first')
  readonly second = new ScriptedProvider('second')
  readonly registry = new ProviderRegistry({ validate: validateServer, log: () => {} })

  constructor() {
    this.registry.use([this.first, this.second])
  }

  routes(): unknown {
    return ASKED.map((name) => this.registry.route(name))
  }
}
