import { describe, expect, it } from 'vitest'
import {
  integer,
  isSecretAt,
  keyTable,
  list,
  readTable,
  rowAt,
  text,
  type ValueType,
  validateServer,
} from '../../src/entries/provider.ts'
import { gatewayKeys, readGateway } from '../../src/index.ts'

interface Store {
  readonly store: { readonly password: string | undefined; readonly size: number | undefined }
}

function key<T>(name: string, type: ValueType<T>, isSecret: boolean) {
  const facts = { from: 'operator', default: undefined, absent: 'none', description: 'A key.', reload: 'live' } as const
  return { kind: 'key', name, type, example: 'x', ...facts, ...(isSecret && { isSecret: true as const }) } as const
}

const table = keyTable<Store>({
  store: {
    kind: 'table',
    name: 'store',
    description: 'A table.',
    table: keyTable<Store['store']>({
      password: key('password', text({ maxLength: 8 }), true),
      size: key('size', integer({ min: 0, max: 9 }), false),
    }),
  },
})

describe('a value that nobody may see', () => {
  // A password that was too long stood in the log with its first 60 characters.
  it('is not in the message about it', () => {
    const { problems } = readTable(table, { store: { password: 'hunter2hunter2', size: 10 } })
    expect(problems.map(({ message }) => message)).toEqual([
      'store.password is no text; what it holds is not shown',
      'store.size is 10; write a whole number from 0 to 9',
    ])
  })
  it.each([[['store', 'size']], [['store']]])('may be any, by its path or by that of its table: %j', (path) => {
    const { problems } = readTable(table, { store: { size: 'hunter2' } }, undefined, 'operator', [path])
    expect(problems.map(({ message }) => message)).toEqual(['store.size is no integer; what it holds is not shown'])
    const { problems: plain } = readTable(table, { store: 'hunter2' }, undefined, 'operator', [path])
    expect(plain.map(({ message }) => message)).toEqual(['store is a text that is not shown; write a table: [store]'])
  })
  it('may be one of a list, and stand in the definition of a server', () => {
    const values = { domains: ['a.example.com'], addresses: ['10.0.0.1', 'hunter2 hunter2'] }
    const definition = { key: 'a', source: 'a.toml', values, withheld: [['addresses', '1']] }
    const validated = validateServer(definition, 'file', 'operator')
    expect('problems' in validated && validated.problems.map(({ message }) => message)).toEqual([
      'addresses is no list of addresses; what it holds is not shown',
    ])
  })
  it('may stand in infrarust.toml', () => {
    const { problems } = readGateway({ bind: 'hunter2:hunter2:x' }, { withheld: [['bind']] })
    expect(problems.map(({ message }) => message)).toEqual(['bind is no bind address; what it holds is not shown'])
  })
  it('is all that a provider is told', () => {
    const keys = gatewayKeys()
    expect(isSecretAt(keys, ['provider', '0', 'options'])).toBe(true)
    expect(isSecretAt(keys, ['provider', '0', 'options', 'auth', 'token'])).toBe(true)
    expect(isSecretAt(keys, ['provider', '0', 'use'])).toBe(false)
    expect(isSecretAt(keys, ['provider'])).toBe(false)
  })
})

describe('the row of a path', () => {
  const nameOf = (path: string): string | undefined => rowAt(gatewayKeys(), path.split('.'))?.name
  it.each([
    ['bind', 'bind'],
    ['proxy_protocol', 'proxy_protocol'],
    ['proxy_protocol.trusted', 'trusted'],
    ['listener', 'listener'],
    ['listener.7', 'listener'],
    ['listener.7.proxy_protocol.mode', 'mode'],
    ['listener.bind', undefined],
    ['bind.x', undefined],
    ['x', undefined],
    ['proxy_protocol.x', undefined],
    ['proxy_protocol.0.mode', undefined],
  ])('%s → %s', (path, name) => expect(nameOf(path)).toBe(name))
  it('may be a list of values, whose elements have none', () => {
    const names = keyTable<{ readonly names: readonly string[] | undefined }>({
      names: key('names', list(text({ maxLength: 9 }), 'names'), false),
    })
    expect(rowAt(names, ['names'])?.name).toBe('names')
    expect(rowAt(names, ['names', '0'])).toBeUndefined()
  })
})
