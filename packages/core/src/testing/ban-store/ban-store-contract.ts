import { describe, expect, it, vi } from 'vitest'
import { type Ban, type BanChange, type BanStore, type BanTarget, namesOf } from '../../entries/ban-store.ts'

/** One place where bans are kept, empty at first. */
export interface BanStoreSubject {
  /** Opens a store on that place, as another process would: several may be open at the same time. */
  open(): Promise<BanStore>
  dispose(): Promise<void>
}

/** Changes made beside a store are to be noticed within a second; test machines are busy. */
const NOTICE = { timeout: 20_000, interval: 20 }
const NOW = Date.parse('2026-01-02T03:04:05Z')
/** In force whenever the tests run: a store goes by its own clock where it is asked whether a ban is over. */
const FAR = Date.parse('2926-01-02T03:04:05Z')

/** The names that a UUID is banned with one after the other, and those that it is banned under then. */
const NAMES: readonly (readonly [readonly (string | undefined)[], readonly string[]])[] = [
  [['Notch', undefined], ['Notch']],
  [
    ['Notch', 'Jeb'],
    ['Jeb', 'Notch'],
  ],
  [
    ['Notch', 'Jeb', 'Dinnerbone'],
    ['Dinnerbone', 'Jeb', 'Notch'],
  ],
  [['Notch', 'NOTCH'], ['NOTCH']],
  [
    ['Notch', 'Jeb', undefined, 'Notch'],
    ['Notch', 'Jeb'],
  ],
]

/**
 * The tests that every ban store passes. Call it in a file that vitest runs.
 *
 * @param name  what the tests are called after
 * @param setup makes an empty place
 */
export function banStoreContract(name: string, setup: () => Promise<BanStoreSubject>): void {
  const withPlace = (test: (open: () => Promise<BanStore>) => Promise<void>) => async () => {
    const subject = await setup()
    const stores: BanStore[] = []
    try {
      await test(async () => {
        const store = await subject.open()
        stores.push(store)
        return store
      })
    } finally {
      for (const store of stores) await store.close()
      await subject.dispose()
    }
  }

  describe(`${name} ban store`, { timeout: 60_000 }, () => {
    it(
      'is empty at first',
      withPlace(async (open) => {
        const store = await open()
        expect(store.bans.list(NOW)).toEqual([])
        expect(await store.audit(10)).toEqual([])
        expect(await store.remove([ip('203.0.113.7')], 'admin')).toEqual([])
      }),
    )
    it(
      'enforces a ban of each kind as soon as it is acknowledged, and keeps all that was said of it',
      withPlace(async (open) => {
        const store = await open()
        const bans = [
          ban(ip('203.0.113.7'), { reason: 'griefing', expiresAt: NOW + 1_000 }),
          ban(ip('2001:db8::7')),
          ban({ type: 'cidr', value: '198.51.100.0/24' }),
          ban({ type: 'username', value: 'Steve' }),
          ban({ type: 'uuid', value: '069a79f4-44e9-4726-a5be-fca90e38aaf5' }, { playerName: 'Notch' }),
        ]
        await store.add(bans, 'admin')
        for (const each of bans) expect(store.bans.get(each.target)).toEqual(each)
        expect(store.bans.forClient('198.51.100.200', NOW)).toEqual(bans[2])
        expect(store.bans.forPlayer('sTEVE', NOW)).toEqual(bans[3])
        expect(store.bans.forPlayer('notch', NOW)).toEqual(bans[4])
      }),
    )
    it(
      'still has a ban when it is opened again',
      withPlace(async (open) => {
        const first = await open()
        const kept = ban(ip('203.0.113.7'), { reason: 'griefing' })
        await first.add([kept], 'admin')
        await first.close()
        expect((await open()).bans.list(NOW)).toEqual([kept])
      }),
    )
    it(
      'replaces the ban of a target, and means a name in any case',
      withPlace(async (open) => {
        const store = await open()
        await store.add([ban({ type: 'username', value: 'Steve' })], 'admin')
        const later = ban({ type: 'username', value: 'STEVE' }, { reason: 'again' })
        await store.add([later], 'admin')
        expect(store.bans.list(NOW)).toEqual([later])
        expect(await store.remove([{ type: 'username', value: 'steve' }], 'admin')).toEqual([later])
        expect(store.bans.forPlayer('Steve', NOW)).toBeUndefined()
      }),
    )
    // Banned again without the name, or with another one, a player came back with the first.
    it(
      'keeps every name of a UUID that is banned again, also when it is opened again',
      withPlace(async (open) => {
        const store = await open()
        const uuid: BanTarget = { type: 'uuid', value: '069a79f4-44e9-4726-a5be-fca90e38aaf5' }
        await store.add([ban(uuid, { playerName: 'Notch' })], 'admin')
        await store.add([ban(uuid)], 'admin')
        await store.add([ban(uuid, { playerName: 'Alex' }), ban(uuid, { playerName: 'NOTCH' })], 'import', 'longest')
        for (const { bans } of [store, await open()])
          for (const name of ['notch', 'alex']) expect(bans.forPlayer(name, NOW)?.target).toEqual(uuid)
        expect(await store.remove([uuid], 'admin')).toHaveLength(1)
        for (const name of ['Notch', 'Alex']) expect(store.bans.forPlayer(name, NOW)).toBeUndefined()
      }),
    )
    it(
      'counts each name of a UUID once, the last that it was banned with first, and forgets those of a ban that is over',
      withPlace(async (open) => {
        const store = await open()
        for (const [index, [given, names]] of NAMES.entries()) {
          const uuid: BanTarget = { type: 'uuid', value: `069a79f4-44e9-4726-a5be-fca90e38aaf${index}` }
          for (const end of ['as-given', 'longest'] as const) {
            for (const playerName of given) await store.add([ban(uuid, { playerName })], 'admin', end)
            for (const { bans } of [store, await open()]) {
              const made = bans.get(uuid)
              expect(made && namesOf(made)).toEqual(names)
              for (const name of names) expect(bans.forPlayer(name.toLowerCase(), NOW)).toEqual(made)
            }
            await store.remove([uuid], 'admin')
            for (const name of names) expect(store.bans.forPlayer(name, NOW)).toBeUndefined()
          }
          await store.add([ban(uuid, { playerName: `Over${index}`, expiresAt: 1 })], 'admin')
          await store.add([ban(uuid, { playerName: 'Jeb' })], 'admin')
          expect(store.bans.forPlayer(`Over${index}`, NOW)).toBeUndefined()
          await store.remove([uuid], 'admin')
        }
      }),
    )
    // A list with ends made bans temporary that had none.
    it(
      'leaves a ban of each kind that lasts longer than a list says as it is, and extends one that does not',
      withPlace(async (open) => {
        const store = await open()
        const targets: readonly BanTarget[] = [
          ip('203.0.113.8'),
          { type: 'cidr', value: '198.51.100.0/24' },
          { type: 'username', value: 'Steve' },
          { type: 'uuid', value: '069a79f4-44e9-4726-a5be-fca90e38aaf5' },
        ]
        for (const target of targets) {
          for (const expiresAt of [FAR, undefined]) {
            const longer = ban(target, { reason: 'griefing', expiresAt })
            expect(await store.add([longer], 'import', 'longest')).toEqual({ shortened: [], kept: [] })
            const shorter = ban(target, { expiresAt: FAR - 1 })
            expect(await store.add([shorter], 'import', 'longest')).toEqual({ shortened: [], kept: [longer] })
            for (const { bans } of [store, await open()]) expect(bans.get(target)).toEqual(longer)
          }
        }
        await store.add([ban({ type: 'username', value: 'STEVE' }, { expiresAt: FAR })], 'import', 'longest')
        expect(store.bans.forPlayer('steve', FAR + 1)).toBeDefined()
      }),
    )
    it(
      'lets a list shorten no ban, and says which one an operator has shortened',
      withPlace(async (open) => {
        const store = await open()
        const later = Date.now() + 7_200_000
        const [long, short] = [ban(ip('203.0.113.7')), ban(ip('203.0.113.7'), { expiresAt: later })]
        await store.add([long], 'admin')
        expect(await store.add([short], 'import', 'longest')).toEqual({ shortened: [], kept: [long] })
        expect(store.bans.list(NOW)).toEqual([long])
        expect(await store.add([short], 'admin')).toEqual({ shortened: [long], kept: [] })
        expect((await open()).bans.list(NOW)).toEqual([short])
      }),
    )
    it(
      'gives back what it removed, and says nothing of what was not banned',
      withPlace(async (open) => {
        const store = await open()
        const [one, two] = [ban(ip('203.0.113.1')), ban(ip('203.0.113.2'))]
        await store.add([one, two], 'admin')
        expect(await store.remove([ip('203.0.113.1'), ip('203.0.113.9')], 'admin')).toEqual([one])
        expect(store.bans.list(NOW)).toEqual([two])
        expect((await open()).bans.list(NOW)).toEqual([two])
      }),
    )
    it(
      'no longer counts what has expired',
      withPlace(async (open) => {
        const store = await open()
        await store.add([ban(ip('203.0.113.7'), { expiresAt: NOW })], 'admin')
        expect(store.bans.forClient('203.0.113.7', NOW - 1)).toBeDefined()
        expect(store.bans.forClient('203.0.113.7', NOW)).toBeUndefined()
        expect(store.bans.list(NOW)).toEqual([])
      }),
    )
    it(
      'writes down who did what, latest first',
      withPlace(async (open) => {
        const store = await open()
        await store.add([ban(ip('203.0.113.7'), { reason: 'griefing', expiresAt: NOW })], 'alice')
        await store.remove([ip('203.0.113.7')], 'bob')
        const seen = { target: ip('203.0.113.7'), reason: 'griefing', expiresAt: NOW, at: expect.any(Number) }
        expect(await store.audit(10)).toEqual([
          { ...seen, action: 'unban', by: 'bob' },
          { ...seen, action: 'ban', by: 'alice' },
        ])
        expect(await store.audit(1)).toHaveLength(1)
        expect(await store.audit(10, ip('203.0.113.8'))).toEqual([])
        expect(await store.audit(10, ip('203.0.113.7'))).toHaveLength(2)
      }),
    )
    it(
      'notices what another one does to the same place, and tells it once',
      withPlace(async (open) => {
        const [here, there] = [await open(), await open()]
        const changes: BanChange[] = []
        here.onChange((change) => changes.push(change))
        const foreign = ban(ip('203.0.113.7'))
        await there.add([foreign], 'admin')
        await vi.waitFor(() => expect(here.bans.forClient('203.0.113.7', NOW)).toEqual(foreign), NOTICE)
        await there.remove([foreign.target], 'admin')
        await vi.waitFor(() => expect(here.bans.list(NOW)).toEqual([]), NOTICE)
        expect(changes).toEqual([
          { added: [foreign], removed: [] },
          { added: [], removed: [foreign] },
        ])
      }),
    )
    it(
      'loses nothing of two that write at the same time',
      withPlace(async (open) => {
        const stores = [await open(), await open()]
        const writes = stores.flatMap((store, side) =>
          Array.from({ length: 50 }, (_, index) => store.add([ban(ip(`203.0.${side}.${index}`))], 'admin')),
        )
        await Promise.all(writes)
        expect((await open()).bans.list(NOW)).toHaveLength(100)
        for (const store of stores) await vi.waitFor(() => expect(store.bans.list(NOW)).toHaveLength(100), NOTICE)
      }),
    )
    it(
      'adds many in one go',
      withPlace(async (open) => {
        const store = await open()
        const changes: BanChange[] = []
        store.onChange((change) => changes.push(change))
        const many = Array.from({ length: 10_000 }, (_, index) => ban(ip(`10.0.${index >> 8}.${index & 255}`)))
        await store.add(many, 'import')
        expect(changes.flatMap(({ added }) => added)).toHaveLength(10_000)
        expect((await open()).bans.list(NOW)).toHaveLength(10_000)
      }),
    )
    it(
      'refuses everything once it is closed',
      withPlace(async (open) => {
        const store = await open()
        await store.close()
        await store.close()
        await expect(store.add([ban(ip('203.0.113.7'))], 'admin')).rejects.toMatchObject({ code: 'closed' })
      }),
    )
  })
}

function ip(value: string): BanTarget {
  return { type: 'ip', value }
}

function ban(target: BanTarget, more: Partial<Ban> = {}): Ban {
  return {
    target,
    playerName: undefined,
    reason: undefined,
    source: 'console',
    createdAt: NOW - 1_000,
    expiresAt: undefined,
    ...more,
  }
}
