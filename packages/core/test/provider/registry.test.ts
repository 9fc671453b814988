import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { validateServer } from '../../src/entries/provider.ts'
import { ProviderRegistry } from '../../src/index.ts'
import { definition, ScriptedProvider } from './scripted-provider.ts'
import { DEBOUNCE_MS, providerOf, started, where } from './started-registry.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('the registry of providers', () => {
  it('serves what a provider lists, and no more once it is gone from the list', () => {
    const { registry, file } = started()
    file.list(definition('a'), definition('b'))
    expect(where(registry.route('a.example.com'))).toBe('a')
    file.list(definition('b'))
    vi.advanceTimersByTime(DEBOUNCE_MS)
    expect(where(registry.route('a.example.com'))).toBe('none')
    expect(where(registry.route('b.example.com'))).toBe('b')
    file.list()
    vi.advanceTimersByTime(DEBOUNCE_MS)
    expect(registry.servers).toEqual([])
  })

  it('knows the definition that each server was read from, and none that was rejected', () => {
    const { registry, file } = started()
    const [a, b] = [definition('a'), definition('b')]
    file.list(a, b)
    expect(registry.defined.map(({ server, definition: { values } }) => [server.id, values])).toEqual([
      ['a', a.values],
      ['b', b.values],
    ])
    file.list(definition('a', { nonsense: 1 }), b)
    vi.advanceTimersByTime(DEBOUNCE_MS)
    expect(registry.servers.map(({ id }) => id)).toEqual(['a', 'b'])
    expect(registry.defined.map(({ server }) => server.id)).toEqual(['b'])
  })

  it('makes one swap of a burst, of its latest list', () => {
    const { file, swaps } = started()
    file.list(definition('a'))
    const before = swaps.length
    for (let index = 0; index < 200; index++) file.list(definition('a'), definition(`s${index}`))
    expect(swaps.length).toBe(before)
    vi.advanceTimersByTime(DEBOUNCE_MS)
    expect(swaps.length).toBe(before + 1)
    expect(swaps.at(-1)?.added.map(({ id }) => id)).toEqual(['s199'])
  })

  it('swaps nothing for a list that says the same, as a source that is polled says it every second', () => {
    const { file, swaps } = started()
    const list = () => file.list(definition('a', {}, { precedence: 1 }), definition('b', { nonsense: 1 }))
    list()
    const before = swaps.length
    for (let round = 0; round < 5; round++) {
      list()
      vi.advanceTimersByTime(DEBOUNCE_MS)
    }
    expect(swaps.length).toBe(before)
  })

  it.each([
    ['its precedence', definition('a', {}, { precedence: 2 })],
    ['its source', definition('a', {}, { precedence: 1, source: 'elsewhere' })],
    ['its state', definition('a', {}, { precedence: 1, state: 'offline' })],
    ['its key', definition('c', { id: 'a' }, { precedence: 1 })],
  ])('swaps when of a server only %s has changed', (_title, changed) => {
    const { file, swaps } = started()
    file.list(definition('a', {}, { precedence: 1 }), definition('b'))
    const before = swaps.length
    file.list(changed, definition('b'))
    vi.advanceTimersByTime(DEBOUNCE_MS)
    expect(swaps.length).toBe(before + 1)
  })

  it('is not put off for ever by a source that never rests', () => {
    const { registry, file } = started()
    file.list()
    for (let step = 0; step < 10; step++) {
      file.list(definition(`s${step}`))
      vi.advanceTimersByTime(DEBOUNCE_MS / 5)
    }
    expect(registry.servers.length).toBe(1)
  })

  it('says what a swap added, changed and removed', () => {
    const { file, swaps } = started()
    file.list(definition('a'), definition('b'), definition('c'))
    const changed = { addresses: ['127.0.0.1:25567'], send_proxy_protocol: true }
    file.list(definition('b', changed), definition('c'), definition('d'))
    vi.advanceTimersByTime(DEBOUNCE_MS)
    const diff = swaps.at(-1)
    expect(diff?.added.map(({ id }) => id)).toEqual(['d'])
    expect(diff?.changed.map(({ after, keys }) => [after.id, ...keys])).toEqual([
      ['b', 'addresses', 'send_proxy_protocol'],
    ])
    expect(diff?.removed.map(({ id }) => id)).toEqual(['a'])
  })

  it('reads a definition again only when its content has changed', () => {
    const validate = vi.fn(validateServer)
    const file = new ScriptedProvider('file')
    const registry = new ProviderRegistry({ validate, log: () => {} })
    registry.use([file])
    file.list(definition('a'), definition('b'))
    const [before] = registry.servers
    validate.mockClear()
    file.list(definition('a'), definition('b', { name: 'B' }))
    vi.advanceTimersByTime(DEBOUNCE_MS)
    expect(validate).toHaveBeenCalledTimes(1)
    expect(registry.servers[0]).toBe(before)
    // What the values name has changed, such as a picture.
    file.list(definition('a'), definition('b', { name: 'B' }, { version: '2' }))
    vi.advanceTimersByTime(DEBOUNCE_MS)
    expect(validate).toHaveBeenCalledTimes(2)
    registry.stop()
  })

  // A provider that changes its own object and emits it again was taken for one that had not changed.
  it('sees a change that was made inside the same object', () => {
    const { registry, file } = started()
    const values = { domains: ['a.example.com'], addresses: ['127.0.0.1:1'] }
    file.list({ key: 'a', source: 'a', values })
    values.domains.push('b.example.com')
    file.list({ key: 'a', source: 'a', values })
    vi.advanceTimersByTime(DEBOUNCE_MS)
    expect(where(registry.route('b.example.com'))).toBe('a')
  })
})

describe('a rejected definition', () => {
  const broken = { addresses: 'nowhere at all' }

  it('keeps its last good version, and says once where and why', () => {
    const { registry, file, notices } = started()
    file.list(definition('a'))
    for (let round = 0; round < 3; round++) {
      file.list(definition('a', broken, { locate: (path) => `servers/a.toml:2:1 (${path.join('.')})` }))
      vi.advanceTimersByTime(DEBOUNCE_MS)
    }
    expect(where(registry.route('a.example.com'))).toBe('a')
    const rejections = notices.filter(({ level }) => level === 'error')
    expect(rejections.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^servers\/a\.toml:2:1 \(addresses.*\): .*the last good version stays/),
    ])
  })

  it('keeps its names from the wildcard and the default server where it never was good', () => {
    const { registry, file } = started()
    file.list(definition('a', broken), definition('w', { domains: ['*.example.com'], default: true }))
    expect(registry.route('a.example.com')).toEqual({ kind: 'reserved', source: 'servers/a.toml' })
    expect(where(registry.route('x.example.com'))).toBe('w')
    file.list(definition('w', { domains: ['*.example.com'], default: true }))
    vi.advanceTimersByTime(DEBOUNCE_MS)
    expect(where(registry.route('a.example.com'))).toBe('w')
  })

  it('reserves the names that it would have added to its last good version', () => {
    const { registry, file } = started()
    file.list(definition('a'), definition('w', { domains: ['*.example.com'] }))
    file.list(
      definition('a', { ...broken, domains: ['new.example.com'] }),
      definition('w', { domains: ['*.example.com'] }),
    )
    vi.advanceTimersByTime(DEBOUNCE_MS)
    expect(where(registry.route('a.example.com'))).toBe('a')
    expect(registry.route('new.example.com').kind).toBe('reserved')
  })

  it('never takes a name from a good one', () => {
    const { registry, file } = started()
    file.list(definition('a', broken), definition('b', { domains: ['a.example.com'] }))
    expect(where(registry.route('a.example.com'))).toBe('b')
  })

  it('is also one in which the provider itself found a problem', () => {
    const { registry, file, notices } = started()
    file.list(definition('a', {}, { problems: ['servers/a.toml:3:7: a string has no end'] }))
    expect(registry.route('a.example.com').kind).toBe('reserved')
    expect(notices.map(({ message }) => message)).toContain('servers/a.toml:3:7: a string has no end (left out)')
  })

  it('is not dialled when its container has stopped, broken label or not', () => {
    const { registry, file } = started()
    file.list(definition('a'))
    file.list(definition('a', broken, { state: 'offline' }))
    vi.advanceTimersByTime(DEBOUNCE_MS)
    expect(registry.route('a.example.com')).toMatchObject({ kind: 'unavailable', server: { state: 'offline' } })
  })

  it('leaves the others alone when reading it throws', () => {
    const { registry, file } = started()
    const trap = definition('a', broken, {
      locate: () => {
        throw new Error('no such line')
      },
    })
    const loop: Record<string, unknown> = {}
    loop.self = loop
    const thrower = {
      get domains(): never {
        throw new Error('no database')
      },
    }
    file.list(trap, definition('c', loop), { key: 'd', source: 'd', values: thrower }, definition('b'))
    expect(where(registry.route('b.example.com'))).toBe('b')
    expect(registry.route('a.example.com').kind).toBe('reserved')
    expect(registry.status()[0]?.problems.length).toBe(3)
  })

  it('is read again under new defaults', () => {
    const { registry, file } = started()
    file.list(definition('a'))
    registry.revalidate(() => ({ problems: [{ path: [], message: 'not any more' }] }))
    expect(where(registry.route('a.example.com'))).toBe('a')
    registry.revalidate((given, provider) => {
      const read = validateServer(given, provider)
      return 'server' in read ? { server: { ...read.server, name: 'renamed' } } : read
    })
    expect(registry.servers.map(({ name }) => name)).toEqual(['renamed'])
  })
})

describe('two servers with one domain', () => {
  const older = (state: 'online' | 'offline' | 'starting' = 'online') =>
    definition(
      'old',
      { domains: ['shared.example.com', 'old.example.com'] },
      { source: 'container "old"', precedence: 1, state },
    )
  const younger = definition(
    'a-young',
    { domains: ['shared.example.com', 'young.example.com'] },
    { source: 'container "young"', precedence: 2 },
  )

  it('leave it to the older, whatever the order of the list', () => {
    for (const list of [
      [older(), younger],
      [younger, older()],
    ]) {
      const { registry, file } = started()
      file.list(...list)
      expect(where(registry.route('shared.example.com'))).toBe('old')
      expect(where(registry.route('young.example.com'))).toBe('a-young')
    }
  })

  it.each(['offline', 'starting'] as const)('change over when the winner is %s, and back, without a gap', (state) => {
    const { registry, file, swaps } = started()
    file.list(older(), younger)
    file.list(older(state), younger)
    vi.advanceTimersByTime(DEBOUNCE_MS)
    expect(where(registry.route('shared.example.com'))).toBe('a-young')
    expect(where(registry.route('young.example.com'))).toBe('a-young')
    expect(registry.route('old.example.com').kind).toBe('unavailable')
    file.list(older(), younger)
    vi.advanceTimersByTime(DEBOUNCE_MS)
    expect(where(registry.route('shared.example.com'))).toBe('old')
    expect(swaps.every(({ removed }) => removed.length === 0)).toBe(true)
  })

  it('give it to the loser when the winner goes', () => {
    const { registry, file } = started()
    file.list(older(), younger)
    file.list(younger)
    vi.advanceTimersByTime(DEBOUNCE_MS)
    expect(where(registry.route('shared.example.com'))).toBe('a-young')
  })

  it('are named in one line, once for as long as they quarrel', () => {
    const { registry, file, notices } = started()
    const quarrels = () => notices.filter(({ message }) => message.includes('shared.example.com')).length
    file.list(older(), younger)
    file.list(older(), younger, definition('c'))
    vi.advanceTimersByTime(DEBOUNCE_MS)
    expect(quarrels()).toBe(1)
    expect(notices.find(({ message }) => message.includes('shared'))?.message).toBe(
      'the domain "shared.example.com" is claimed by container "old" and by container "young"; container "old" has it, remove it from one of them',
    )
    expect(registry.status()[0]?.conflicts.length).toBe(1)
    file.list(older())
    vi.advanceTimersByTime(DEBOUNCE_MS)
    file.list(older(), younger)
    vi.advanceTimersByTime(DEBOUNCE_MS)
    expect(quarrels()).toBe(2)
  })

  it('of one id: the loser waits as a whole, its other names reserved', () => {
    const { registry, file } = started('file', 'docker')
    const docker = providerOf(registry, 'docker')
    file.list(definition('a'))
    docker.list(definition('x', { id: 'a', domains: ['x.example.com'] }))
    expect(where(registry.route('a.example.com'))).toBe('a')
    expect(registry.route('x.example.com').kind).toBe('reserved')
    file.list()
    vi.advanceTimersByTime(DEBOUNCE_MS)
    expect(where(registry.route('x.example.com'))).toBe('a')
    expect(registry.servers.map(({ provider }) => provider)).toEqual(['docker'])
  })

  it('of two providers: the first in the configuration wins, and neither touches the other', () => {
    const { registry, file } = started('file', 'docker')
    const docker = providerOf(registry, 'docker')
    docker.list(definition('d', { domains: ['shared.example.com'] }))
    file.list(definition('z', { domains: ['shared.example.com'] }))
    expect(where(registry.route('shared.example.com'))).toBe('z')
    docker.emit({ error: 'the engine is gone' })
    docker.runs[0]?.fail(new Error('gone'))
    expect(where(registry.route('shared.example.com'))).toBe('z')
    expect(registry.servers.length).toBe(2)
  })

  it('both default: one is, the other keeps its names', () => {
    const { registry, file, notices } = started()
    file.list(definition('a', { default: true }), definition('b', { default: true }))
    expect(registry.route('unknown.example.com')).toMatchObject({ kind: 'default', server: { id: 'a' } })
    expect(where(registry.route('b.example.com'))).toBe('b')
    expect(notices.some(({ message }) => message.includes('the place of the default server'))).toBe(true)
  })
})
