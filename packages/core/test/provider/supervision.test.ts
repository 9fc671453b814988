import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Emission, validateServer } from '../../src/entries/provider.ts'
import { ProviderRegistry, type RegistryNotice } from '../../src/index.ts'
import { definition, ScriptedProvider } from './scripted-provider.ts'
import { DEBOUNCE_MS, providerOf, started, where } from './started-registry.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('a provider under supervision', () => {
  it('keeps its last list over an error, a rejection and a bad emission', async () => {
    const { registry, file, notices } = started()
    file.list(definition('a'))
    file.emit({ error: 'the folder cannot be read' })
    file.emit({ error: 'the folder cannot be read' })
    expect(notices.filter(({ message }) => message === 'the folder cannot be read').length).toBe(1)
    expect(registry.status()[0]).toMatchObject({
      state: 'failing',
      servers: ['a'],
      lastError: { message: 'the folder cannot be read' },
    })
    for (const bad of badEmissions) file.emit(bad)
    file.runs[0]?.fail(new Error('no more'))
    await vi.advanceTimersByTimeAsync(DEBOUNCE_MS)
    expect(where(registry.route('a.example.com'))).toBe('a')
    expect(registry.status()[0]?.lastError?.message).toBe('no more; starting again in 1 s')
  })

  // Read later, in a timer of the registry, each of these was a mistake of the program, which ended it.
  it('may emit what throws when it is read, or is another thing the second time, without harm', async () => {
    const { registry, file } = started()
    file.list(definition('a'))
    const trap = (): never => {
      throw Object.create(null)
    }
    const proxy = new Proxy(
      {},
      { get: trap, has: trap, ownKeys: trap, getPrototypeOf: trap, getOwnPropertyDescriptor: trap },
    )
    const revoked = Proxy.revocable([], {})
    revoked.revoke()
    let reads = 0
    const shifting = {
      ...definition('b'),
      get precedence(): number {
        if (reads++ > 0) trap()
        return 1
      },
    }
    const hostile: readonly unknown[] = [
      proxy,
      { servers: proxy },
      { servers: [proxy] },
      { servers: [{ key: 'x', source: 'x', values: proxy }] },
      { servers: [{ ...definition('x'), problems: proxy }] },
      { servers: [{ ...definition('x'), locate: trap, values: { bad: 1 } }] },
      { servers: [], diagnostics: [proxy] },
      { error: proxy },
      { error: Symbol('why') },
      { error: { toString: trap } },
      {
        get servers(): never {
          return trap()
        },
      },
      { servers: revoked.proxy },
    ]
    for (const emission of hostile) {
      expect(() => file.emit(emission as Emission)).not.toThrow()
      await vi.advanceTimersByTimeAsync(DEBOUNCE_MS)
    }
    file.list(definition('a'), shifting)
    await vi.advanceTimersByTimeAsync(DEBOUNCE_MS)
    expect(registry.servers.map(({ id }) => id)).toEqual(['a', 'b'])
    registry.revalidate(validateServer)
    for (const cause of [proxy, undefined, Symbol('why'), Object.create(null)]) {
      file.runs.at(-1)?.fail(cause as Error)
      await vi.advanceTimersByTimeAsync(60_000)
    }
    expect(registry.status()[0]?.lastError?.message).toContain('starting again')
  })

  it('may emit what is cyclic, deep or endless; its other servers go on', async () => {
    const { registry, file } = started()
    const cyclic: Record<string, unknown> = {}
    cyclic.inner = cyclic
    const deep: unknown = JSON.parse(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`)
    const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`k${index}`, 1]))
    file.list(
      ...[cyclic, deep, many].map((inner, index) => definition(`bad${index}`, { inner })),
      definition('bad3', cyclic),
      definition('bad4', many),
      definition('b'),
    )
    await vi.advanceTimersByTimeAsync(DEBOUNCE_MS)
    const [status] = registry.status()
    expect(status).toMatchObject({ state: 'serving', servers: ['b'] })
    expect(status?.problems.length).toBeLessThan(60)
  })

  it('may emit a hundred megabytes of words, of which the log has a line', async () => {
    const { registry, file, notices } = started()
    file.emit({ error: 'x'.repeat(100_000_000) })
    expect(registry.status()[0]?.lastError?.message.length).toBeLessThan(2_000)
    const diagnostics = Array.from({ length: 100_000 }, (_, index) => ({
      level: 'warn' as const,
      message: `m ${index}`,
    }))
    file.emit({ servers: [], diagnostics })
    await vi.advanceTimersByTimeAsync(DEBOUNCE_MS)
    expect(notices.length).toBeLessThan(200)
    expect(notices.map(({ message }) => message)).toContain('and 99900 more diagnostics')
  })

  it('finds its place with its own object', async () => {
    class Entry {
      readonly key = 'x'
      readonly source = 'x'
      readonly values = { bad: 1 }
      readonly place = 'panel, line 7'
      locate(): string {
        return this.place
      }
    }
    const { file, notices } = started()
    file.emit({ servers: [new Entry()] })
    await vi.advanceTimersByTimeAsync(DEBOUNCE_MS)
    expect(notices.map(({ message }) => message).join()).toContain('panel, line 7: unknown key "bad"')
  })

  it('has each error on one line, however many lines it came with', () => {
    const { registry, file } = started()
    file.emit({ error: 'HTTP 502\r\n  <html>\n' })
    expect(registry.status()[0]?.lastError?.message).toBe('HTTP 502 <html>')
  })

  it('is started again with a growing delay, and recovers', async () => {
    const { registry, file } = started()
    file.list(definition('a'))
    for (const [run, delayMs] of [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000].entries()) {
      file.runs[run]?.fail(new Error('no more'))
      await vi.advanceTimersByTimeAsync(delayMs - 1)
      expect(file.runs.length).toBe(run + 1)
      await vi.advanceTimersByTimeAsync(1)
      expect(file.runs.length).toBe(run + 2)
    }
    file.list(definition('b'))
    await vi.advanceTimersByTimeAsync(DEBOUNCE_MS)
    expect(registry.status()[0]?.state).toBe('serving')
    expect(registry.servers.map(({ id }) => id)).toEqual(['b'])
  })

  it('is not heard in a run that has ended', async () => {
    const { registry, file } = started()
    file.list(definition('a'))
    file.runs[0]?.fail(new Error('no more'))
    await vi.advanceTimersByTimeAsync(1_000)
    file.runs[0]?.emit({ servers: [] })
    await vi.advanceTimersByTimeAsync(DEBOUNCE_MS)
    expect(where(registry.route('a.example.com'))).toBe('a')
    expect(file.runs[0]?.signal.aborted).toBe(true)
    registry.stop()
    file.list()
    await vi.advanceTimersByTimeAsync(DEBOUNCE_MS)
    expect(where(registry.route('a.example.com'))).toBe('a')
    expect(file.runs[1]?.signal.aborted).toBe(true)
  })

  it('may throw at once without harm', async () => {
    const notices: RegistryNotice[] = []
    const registry = new ProviderRegistry({ validate: validateServer, log: (notice) => notices.push(notice) })
    registry.use([
      {
        name: 'hasty',
        start() {
          throw new Error('no engine here')
        },
      },
    ])
    await vi.advanceTimersByTimeAsync(0)
    expect(notices).toEqual([{ provider: 'hasty', level: 'warn', message: 'no engine here; starting again in 1 s' }])
    registry.stop()
  })

  it('may emit and return at once, for a source that never changes', async () => {
    const registry = new ProviderRegistry({ validate: validateServer, log: () => {} })
    registry.use([{ name: 'fixed', start: (emit) => emit({ servers: [definition('a')] }) }])
    await vi.advanceTimersByTimeAsync(60_000)
    expect(where(registry.route('a.example.com'))).toBe('a')
    registry.stop()
  })

  it('sends nobody to the default server before it has spoken, or 5 s have passed', async () => {
    const { registry, file } = started('file', 'docker')
    expect(registry.route('a.example.com').kind).toBe('not-ready')
    file.list(definition('lobby', { default: true }))
    expect(where(registry.route('lobby.example.com'))).toBe('lobby')
    expect(registry.route('a.example.com').kind).toBe('not-ready')
    let isSwapped = false
    registry.nextTable().then(() => {
      isSwapped = true
    })
    await vi.advanceTimersByTimeAsync(4_999)
    expect(isSwapped).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(isSwapped).toBe(true)
    expect(registry.route('a.example.com').kind).toBe('default')
  })

  it('is waited for no longer than until it speaks, an empty list included', () => {
    const { registry, file, notices } = started()
    file.list()
    expect(registry.route('a.example.com').kind).toBe('none')
    vi.advanceTimersByTime(10_000)
    expect(notices).toEqual([])
  })

  it('logs what it finds once, not with every list', () => {
    const { file, notices } = started()
    const typo = { level: 'warn', message: 'container "x": did you mean infrarust.enable?' } as const
    for (let round = 0; round < 3; round++) {
      file.emit({ servers: [], diagnostics: [typo] })
      vi.advanceTimersByTime(DEBOUNCE_MS)
    }
    expect(notices).toEqual([{ provider: 'file', ...typo }])
  })

  it('gets a number where another one has its name', () => {
    const { registry, file } = started()
    const twin = new ScriptedProvider('file')
    registry.use([file, twin])
    file.list(definition('a'))
    twin.list(definition('b'))
    expect(registry.status().map(({ name, servers }) => [name, ...servers])).toEqual([
      ['file', 'a'],
      ['file-2', 'b'],
    ])
    const next = new ScriptedProvider('file')
    registry.use([next, twin])
    expect(registry.status().map(({ name, servers }) => [name, ...servers])).toEqual([
      ['file', 'a'],
      ['file-2', 'b'],
    ])
  })

  it('replaced by another of its name hands over its list', () => {
    const { registry, file } = started('file', 'docker')
    file.list(definition('a'))
    providerOf(registry, 'docker').list(definition('d'))
    const next = new ScriptedProvider('file')
    registry.use([next])
    expect(file.runs[0]?.signal.aborted).toBe(true)
    expect(where(registry.route('a.example.com'))).toBe('a')
    expect(registry.servers.map(({ id }) => id)).toEqual(['a'])
    next.list(definition('b'))
    expect(registry.servers.map(({ id }) => id)).toEqual(['b'])
  })
})

/** What strangers' JavaScript may emit; none of it has the type. */
const badEmissions: readonly Emission[] = JSON.parse(
  '[null, 1, [], {}, {"servers":{}}, {"servers":[null]}, {"servers":[{"key":1,"source":"a","values":{}}]}, {"servers":[{"key":"a","source":"a","values":[]}]}, {"servers":[{"key":"a","source":"a","values":{},"state":"up"}]}, {"servers":[],"diagnostics":[{}]}]',
)

describe('a provider that was told to stop', () => {
  async function stopped(afterwards: (provider: ScriptedProvider) => void): Promise<readonly string[]> {
    const notices: RegistryNotice[] = []
    const provider = new ScriptedProvider('late')
    const registry = new ProviderRegistry({ validate: validateServer, log: (notice) => notices.push(notice) })
    registry.use([provider])
    provider.list(definition('a'))
    registry.use([])
    afterwards(provider)
    await vi.advanceTimersByTimeAsync(DEBOUNCE_MS)
    expect(registry.servers).toEqual([])
    return notices.map((notice) => `${notice.provider}: ${notice.message}`)
  }

  it('is told of, once, where it goes on to speak, whatever it says', async () => {
    const told = await stopped((provider) => {
      provider.list(definition('b'))
      provider.emit({ error: 'why' })
      for (const bad of badEmissions) provider.emit(bad)
    })
    expect(told).toEqual(['late: after it was told to stop, it emitted something, which is ignored'])
  })

  it('is told of where it fails then, and not where it ends by the signal', async () => {
    expect(await stopped(({ runs }) => runs[0]?.fail(new Error('no way out', { cause: 'the source' })))).toEqual([
      'late: after it was told to stop, it failed: no way out: the source',
    ])
    expect(await stopped(({ runs }) => runs[0]?.fail(runs[0].signal.reason))).toEqual([])
    const abort = new DOMException('aborted', 'AbortError')
    expect(await stopped(({ runs }) => runs[0]?.fail(new Error('wrapped', { cause: abort })))).toEqual([])
  })
})
