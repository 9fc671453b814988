import { describe, expect, it, onTestFinished } from 'vitest'
import type { Emission, Provider, ServerDefinition } from '../../src/entries/provider.ts'
import { KnownSource } from '../../src/testing/provider/known-source.ts'
import type { ProviderSubject } from '../../src/testing/provider/provider-subject.ts'
import { WatchedProvider } from '../../src/testing/provider/watched-provider.ts'

/** A source in memory, and a provider for it that makes one mistake. */
class Faulty implements ProviderSubject {
  readonly servers = new Map<string, readonly string[]>()
  isReadable = true
  readonly #emits: (all: readonly ServerDefinition[], source: Faulty) => Emission
  readonly #watching = new Set<() => void>()

  constructor(emits: (all: readonly ServerDefinition[], source: Faulty) => Emission) {
    this.#emits = emits
  }

  provider(): Provider {
    return {
      name: 'faulty',
      start: (emit, signal) => {
        const say = (): void => {
          if (!signal.aborted) emit(this.#emits([...this.servers].map(definitionOf), this))
        }
        this.#watching.add(say)
        say()
      },
    }
  }

  async put(key: string, domains: readonly string[]): Promise<void> {
    this.servers.set(key, domains)
    this.#changed()
  }

  async spoil(key: string): Promise<void> {
    await this.put(key, [])
  }

  async remove(key: string): Promise<void> {
    this.servers.delete(key)
    this.#changed()
  }

  async makeUnreadable(): Promise<void> {
    this.isReadable = false
    this.#changed()
  }

  async makeReadable(): Promise<void> {
    this.isReadable = true
    this.#changed()
  }

  async dispose(): Promise<void> {}

  #changed(): void {
    for (const say of this.#watching) say()
  }
}

function definitionOf([key, domains]: readonly [string, readonly string[]]): ServerDefinition {
  return { key, source: `memory "${key}"`, values: { domains, addresses: ['127.0.0.1:25566'] } }
}

/** Longer than any test may take: what is told before that is told at once. */
const NOTICE_MS = 600_000

async function watching(
  emits: ConstructorParameters<typeof Faulty>[0],
  noticeMs = NOTICE_MS,
): Promise<{ readonly source: KnownSource; readonly watched: WatchedProvider }> {
  const source = new KnownSource(new Faulty(emits))
  await source.put('one', ['one.example.com'])
  await source.put('two', ['two.example.com'])
  const watched = new WatchedProvider(source, noticeMs)
  onTestFinished(() => watched.stop())
  return { source, watched }
}

const BOTH = { 'one.example.com': 'server', 'two.example.com': 'server' } as const

describe('the contract suite says at once, in words,', () => {
  it('that a list is not the whole list', async () => {
    const { watched } = await watching((all) => ({ servers: all.slice(1) }))
    await expect(watched.routes(BOTH)).rejects.toThrow(
      'it emitted a list without "one.example.com", which is in its source: every list holds all servers of the ' +
        'source, those too that have not changed. It has emitted one list; the latest has the keys "two".',
    )
  })

  it('that a change was emitted alone, and so that what has not changed is gone', async () => {
    let lists = 0
    const { source, watched } = await watching((all) => ({ servers: lists++ === 0 ? all : all.slice(-1) }))
    await watched.routes(BOTH)
    await source.put('two', ['changed.example.com'])
    await expect(watched.routes({ 'changed.example.com': 'server' })).rejects.toThrow(
      'a list without "one.example.com"',
    )
  })

  it('that an empty list stands for a source that cannot be read', async () => {
    const { source, watched } = await watching((all, { isReadable }) => ({ servers: isReadable ? all : [] }))
    await watched.routes(BOTH)
    await source.makeUnreadable()
    await expect(watched.fails()).rejects.toThrow('a shorter list takes servers away; emit an error instead')
  })

  it('that it cannot read what can be read, and why', async () => {
    const { watched } = await watching(() => ({ error: new Error('no list', { cause: new Error('wrong port') }) }))
    await expect(watched.routes(BOTH)).rejects.toThrow(
      'it said that its source cannot be read, which it can: no list: wrong port',
    )
  })

  it('that start failed', async () => {
    const { watched } = await watching(() => {
      throw new Error('no such option')
    })
    await expect(watched.routes(BOTH)).rejects.toThrow(
      'its start failed, although its source can be read: no such option. It has emitted nothing.',
    )
  })

  it('that what was emitted is no emission', async () => {
    const { watched } = await watching((all) => Object(all))
    await expect(watched.routes(BOTH)).rejects.toThrow('it emitted what is no object; the last list stays')
  })

  it('that its servers are rejected', async () => {
    const { watched } = await watching((all) => ({
      servers: all.map((each) => ({ ...each, values: { ...each.values, adresses: ['127.0.0.1:25566'] } })),
    }))
    await expect(watched.routes(BOTH)).rejects.toThrow(/a server of its list was rejected: .*did you mean "addresses"/)
  })
})

describe('the contract suite says in words, when its time is over,', () => {
  it('what it waited for, what there was instead, and what the test knows about it', async () => {
    const { source, watched } = await watching((all) => ({ servers: all.slice(0, 2) }), 200)
    await watched.routes(BOTH)
    await source.put('three', ['three.example.com'])
    await expect(watched.routes({ 'three.example.com': 'server' }, 'a hint')).rejects.toThrow(
      'after 0.2 s: expected that "three.example.com" leads to a server, but it leads nowhere (a hint). ' +
        'It has emitted 2 lists; the latest has the keys "one", "two".',
    )
  })

  it('that nothing is said of a source that cannot be read, or of a spoilt server', async () => {
    const { source, watched } = await watching((all) => ({ servers: all }), 200)
    await watched.routes(BOTH)
    await source.makeUnreadable()
    await expect(watched.fails()).rejects.toThrow('expected that it says that its source cannot be read')
    await expect(watched.complains()).rejects.toThrow('expected that the server with a wrong value is in its list')
  })
})
