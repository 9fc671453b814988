import { describe, expect, it } from 'vitest'
import { KnownSource } from './known-source.ts'
import type { ProviderSubject } from './provider-subject.ts'
import { WatchedProvider } from './watched-provider.ts'

/** What the suite has to know about a provider. */
export interface ProviderContractOptions {
  /** How long a change may take to be in the table. Default 10 s: generous, because test machines are busy. */
  readonly noticeMs?: number
}

/** Moments after `start` at which a source is changed: somewhere between them it lists, somewhere it subscribes. */
const RACE_MS = [0, 0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89]

/**
 * The tests that every provider passes. Call it in a file that vitest runs. Each test has a source of its own, empty at
 * first, and looks at the routing table that a real registry makes of the emissions.
 *
 * @param name  what the tests are called after
 * @param setup makes an empty source
 */
export function providerContract(
  name: string,
  setup: () => Promise<ProviderSubject>,
  { noticeMs = 10_000 }: ProviderContractOptions = {},
): void {
  /** Runs a test with a source, and ends what it started. */
  const withSource = (test: (source: KnownSource, watch: () => WatchedProvider) => Promise<void>) => async () => {
    const source = new KnownSource(await setup())
    const watched: WatchedProvider[] = []
    try {
      await test(source, () => {
        const next = new WatchedProvider(source, noticeMs)
        watched.push(next)
        return next
      })
    } finally {
      for (const one of watched) one.stop()
      await source.dispose()
    }
  }

  describe(`${name} provider`, { timeout: noticeMs * 6 }, () => {
    it(
      'says that an empty source is empty: nobody waits for it any longer',
      withSource(async (_source, watch) => {
        await watch().routes({ 'one.example.com': 'none' })
      }),
    )

    it(
      'lists what is there when it starts',
      withSource(async (source, watch) => {
        await source.put('one', ['one.example.com'])
        await source.put('two', ['two.example.com', '*.two.example.com'])
        const domains = {
          'one.example.com': 'server',
          'two.example.com': 'server',
          'x.two.example.com': 'server',
        } as const
        await watch().routes(domains)
      }),
    )

    it(
      'notices what is added, changed and removed, down to an empty source',
      withSource(async (source, watch) => {
        const watched = watch()
        await watched.routes({ 'one.example.com': 'none' })
        await source.put('one', ['one.example.com'])
        await watched.routes({ 'one.example.com': 'server' })
        await source.put('two', ['two.example.com'])
        await watched.routes({ 'one.example.com': 'server', 'two.example.com': 'server' })
        await source.put('two', ['changed.example.com'])
        await watched.routes({ 'two.example.com': 'none', 'changed.example.com': 'server' })
        await source.remove('one')
        await watched.routes({ 'one.example.com': 'none', 'changed.example.com': 'server' })
        await source.remove('two')
        await watched.routes({ 'one.example.com': 'none', 'changed.example.com': 'none' })
      }),
    )

    // Listing first and subscribing then loses what happens in between, until something else happens.
    it(
      'loses no change between its list and its subscription',
      withSource(async (source, watch) => {
        await source.put('one', ['one.example.com'])
        for (const [round, delayMs] of RACE_MS.entries()) {
          const watched = watch()
          if (round > 0) await new Promise((resolve) => setTimeout(resolve, delayMs))
          await source.put('one', [`round${round}.example.com`])
          await watched.routes(
            { [`round${round}.example.com`]: 'server' },
            `changed ${delayMs} ms after the start: subscribe first, list afterwards`,
          )
          watched.stop()
        }
      }),
    )

    it(
      'emits the whole list every time, each server under a key of its own that stays',
      withSource(async (source, watch) => {
        await source.put('one', ['one.example.com'])
        await source.put('two', ['two.example.com'])
        const watched = watch()
        await watched.routes({ 'one.example.com': 'server', 'two.example.com': 'server' })
        const keys = watched.keys()
        expect(new Set(keys).size, `each server has a key of its own; there are ${keys.join(', ')}`).toBe(2)
        const emitted = watched.lists.length
        await source.put('two', ['changed.example.com'])
        await watched.routes({ 'one.example.com': 'server', 'changed.example.com': 'server' })
        for (const list of watched.lists.slice(emitted))
          expect(list.map(({ key }) => key).sort(), 'the keys of the servers stay, whatever changes').toEqual(keys)
        const again = watch()
        await again.routes({ 'one.example.com': 'server' })
        expect(again.keys(), 'another provider for the same source has the same keys').toEqual(keys)
      }),
    )

    it(
      'leaves it to the registry to keep a spoilt server, and touches no other',
      withSource(async (source, watch) => {
        await source.put('one', ['one.example.com'])
        await source.put('two', ['two.example.com'])
        const watched = watch()
        await watched.routes({ 'one.example.com': 'server', 'two.example.com': 'server' })
        await source.spoil('one')
        await watched.complains()
        await watched.routes({ 'one.example.com': 'server', 'two.example.com': 'server' })
        await source.put('two', ['changed.example.com'])
        await watched.routes({ 'one.example.com': 'server', 'changed.example.com': 'server' })
        await source.put('one', ['mended.example.com'])
        await watched.routes({ 'one.example.com': 'none', 'mended.example.com': 'server' })
      }),
    )

    it(
      'keeps the last list of a source that cannot be read, and goes on when it can',
      withSource(async (source, watch) => {
        await source.put('one', ['one.example.com'])
        const watched = watch()
        await watched.routes({ 'one.example.com': 'server' })
        await source.makeUnreadable()
        await watched.fails()
        await watched.routes({ 'one.example.com': 'server' })
        await source.makeReadable()
        await source.put('two', ['two.example.com'])
        await watched.routes({ 'one.example.com': 'server', 'two.example.com': 'server' })
      }),
    )

    it(
      'takes a source that cannot be read at the start for unknown, not for empty',
      withSource(async (source, watch) => {
        await source.put('one', ['one.example.com'])
        await source.makeUnreadable()
        const watched = watch()
        await watched.fails()
        expect(watched.lists, 'no list while the source cannot be read').toEqual([])
        await source.makeReadable()
        await watched.routes({ 'one.example.com': 'server' })
      }),
    )

    it(
      'says nothing after it was told to stop, and ends',
      withSource(async (source, watch) => {
        await source.put('one', ['one.example.com'])
        const watched = watch()
        await watched.routes({ 'one.example.com': 'server' })
        watched.stop()
        await watched.ends()
        const emitted = watched.emissions
        await source.put('one', ['changed.example.com'])
        // Another one that has seen the change shows that there was something to say.
        await watch().routes({ 'changed.example.com': 'server' })
        expect(watched.emissions, 'nothing is emitted once the signal has aborted').toBe(emitted)
      }),
    )

    it(
      'may be told to stop before it has begun',
      withSource(async (source, watch) => {
        await source.put('one', ['one.example.com'])
        const watched = watch()
        watched.stop()
        await watched.ends()
        await watch().routes({ 'one.example.com': 'server' })
        expect(watched.emissions, 'nothing is emitted where the signal has aborted before').toBe(0)
      }),
    )
  })
}
