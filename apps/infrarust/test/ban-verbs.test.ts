import { join } from 'node:path'
import { openSqliteStore } from '@infrarust/ban-sqlite'
import type { BanStore } from '@infrarust/core/ban-store'
import { folderWith } from '@infrarust/test-kit'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { ANSWER_LINE_MAX_BYTES, isRecord, type Options } from '../src/control/protocol.ts'
import { banVerbs } from '../src/control/verbs/ban-verbs.ts'

let store: BanStore

beforeEach(async () => {
  const opened = await openSqliteStore({ file: join(folderWith({}), 'bans.db') })
  onTestFinished(() => opened.close())
  store = opened
})

/** What a client of the control socket gets that asks for this. */
async function ask(verb: string, options: Options, ...input: readonly unknown[]): Promise<unknown[]> {
  const found = banVerbs(store).find(({ name }) => name === verb)
  if (found === undefined) throw new Error(`no verb ${verb}`)
  async function* each(): AsyncGenerator<unknown, void> {
    yield* input
  }
  const items: unknown[] = []
  const call = { options, input: each(), signal: new AbortController().signal }
  for await (const item of found.run(call)) items.push(item)
  return items
}

describe('what a client asks of the bans', { timeout: 60_000 }, () => {
  // One entry longer than a line, and no list of bans could be sent any more.
  it('is kept short enough to be told again', async () => {
    await ask('ban.add', { by: `eve\n${'x'.repeat(60_000)}`, reason: 'y'.repeat(60_000) }, 'Steve')
    const [entry] = await ask('ban.list', {})
    expect(entry).toMatchObject({ source: expect.stringMatching(/^eve x+$/) })
    expect(JSON.stringify(entry).length).toBeLessThan(4_096)
  })
  it('is told about somebody with a long history, the latest first', async () => {
    const target = { type: 'username', value: 'Steve' } as const
    const again = { target, playerName: undefined, reason: 'again', source: 'eve', createdAt: 1, expiresAt: undefined }
    await store.add(
      Array.from({ length: 2_000 }, () => again),
      'eve',
    )
    await store.remove([target], 'alice')
    const [shown] = await ask('ban.show', {}, 'Steve')
    expect(JSON.stringify(shown).length).toBeLessThan(ANSWER_LINE_MAX_BYTES)
    expect(shown).toMatchObject({
      bans: [],
      history: expect.arrayContaining([expect.objectContaining({ by: 'alice' })]),
    })
    expect(isRecord(shown) && Array.isArray(shown.history) && shown.history.length).toBeGreaterThan(200)
  })
  it('is told about an address with every network around it, the smallest first', async () => {
    const networks = ['0.0.0.0/0', '198.51.100.0/24', '198.51.100.8/31', '::/0', '2001:db8::/32', '2001:db8::8/127']
    await ask('ban.add', {}, ...networks, '198.51.100.9', '2001:db8::9', '198.51.100.10/31', '198.0.0.0/16')
    const holders = async (address: string): Promise<unknown> => {
      const [shown] = await ask('ban.show', {}, address)
      return isRecord(shown) && Array.isArray(shown.bans) && shown.bans.map(({ target }) => target.value)
    }
    expect(await holders('::ffff:198.51.100.9')).toEqual([
      '198.51.100.9',
      '198.51.100.8/31',
      '198.51.100.0/24',
      '0.0.0.0/0',
    ])
    expect(await holders('2001:db8::9')).toEqual(['2001:db8::9', '2001:db8::8/127', '2001:db8::/32', '::/0'])
  })
  it.each([0, -5, 1.5, 1e300, 'x', true])('is refused with a duration of %j', async (durationMs) => {
    await expect(ask('ban.add', { durationMs }, 'Steve')).rejects.toMatchObject({
      code: 'protocol',
      message: expect.stringContaining('durationMs'),
    })
    expect(store.bans.list(Date.now())).toEqual([])
  })
  it.each([
    null,
    {},
    5,
    '',
    '198.51.100.7/24',
    '.Bed Rock',
    { type: 'asn', value: '1' },
    { type: 'username', value: '' },
  ])('is refused with %j for a target', async (target) => {
    await expect(ask('ban.add', {}, target)).rejects.toMatchObject({ code: 'refused' })
    await expect(ask('ban.remove', {}, target)).rejects.toMatchObject({ code: 'refused' })
  })
})

describe('a ban that is made again', { timeout: 60_000 }, () => {
  const UUID = '069a79f4-44e9-4726-a5be-fca90e38aaf5'
  it('says all names that it is enforced by, and when the one before would have ended', async () => {
    expect(await ask('ban.add', { playerName: 'Notch' }, UUID)).toEqual([{ banned: UUID, names: ['Notch'] }])
    expect(await ask('ban.add', {}, UUID)).toEqual([{ banned: UUID, names: ['Notch'] }])
    expect(await ask('ban.add', { playerName: 'Jeb', durationMs: 60_000 }, UUID)).toEqual([
      { banned: UUID, names: ['Jeb', 'Notch'], shortenedFrom: null },
    ])
    expect(await ask('ban.add', { durationMs: 1_000 }, UUID)).toEqual([
      { banned: UUID, names: ['Jeb', 'Notch'], shortenedFrom: expect.any(Number) },
    ])
    for (const name of ['notch', 'jeb']) expect(store.bans.forPlayer(name, Date.now())).toBeDefined()
  })
  it('is as long as before where a list says less, and a list is told how many were', async () => {
    await ask('ban.add', {}, 'Steve', '203.0.113.7', UUID)
    const entries = [
      { name: 'STEVE', expires: '2999-01-01 00:00:00 +0000' },
      { ip: '::ffff:203.0.113.7', expires: '2999-01-01 00:00:00 +0000' },
      { ip: '203.0.113.7/32', expires: '2999-01-01 00:00:00 +0000' },
      { uuid: UUID.toUpperCase().replaceAll('-', ''), name: 'Notch', expires: '2999-01-01 00:00:00 +0000' },
      { name: 'Alex', expires: '2999-01-01 00:00:00 +0000' },
    ]
    expect(await ask('ban.import', {}, ...entries)).toEqual([{ imported: 5, over: 0, kept: 4, unenforced: 0 }])
    const ends = store.bans.list(Date.now()).map(({ target, expiresAt }) => [target.value, expiresAt])
    expect(ends.filter(([, end]) => end !== undefined)).toEqual([['Alex', Date.parse('2999-01-01T00:00:00Z')]])
    expect(store.bans.forPlayer('Notch', Date.now())).toBeDefined()
  })
  it('is exported with all of its names, and comes back with them', async () => {
    for (const playerName of ['Notch', 'Jeb']) await ask('ban.add', { playerName }, UUID)
    const exported = await ask('ban.list', {})
    await ask('ban.remove', {}, UUID)
    expect(store.bans.forPlayer('Notch', Date.now())).toBeUndefined()
    await ask('ban.import', {}, ...exported)
    expect(await ask('ban.list', {})).toEqual(exported)
    for (const name of ['Notch', 'Jeb']) expect(store.bans.forPlayer(name, Date.now())).toBeDefined()
  })
  it('says when it is lifted which names were free with it, and who is held by another one', async () => {
    await ask('ban.add', { playerName: 'Notch' }, UUID)
    await ask('ban.add', { playerName: 'Jeb' }, UUID)
    await ask('ban.add', {}, 'Notch', '203.0.113.0/24')
    const heldByUuid = { target: 'Notch', by: expect.objectContaining({ player_name: 'Jeb', other_names: ['Notch'] }) }
    expect(await ask('ban.remove', {}, 'Notch')).toEqual([{ wasBanned: true, names: [], stillHeld: [heldByUuid] }])
    expect(await ask('ban.remove', {}, 'Notch')).toEqual([{ wasBanned: false, names: [], stillHeld: [heldByUuid] }])
    expect(await ask('ban.remove', {}, '203.0.113.7')).toMatchObject([
      { wasBanned: false, stillHeld: [{ by: { target: { value: '203.0.113.0/24' } } }] },
    ])
    expect(await ask('ban.remove', {}, UUID)).toEqual([{ wasBanned: true, names: ['Jeb', 'Notch'], stillHeld: [] }])
  })
})
