import { join } from 'node:path'
import { openSqliteStore } from '@infrarust/ban-sqlite'
import { type BanStore, parseBanTarget } from '@infrarust/core/ban-store'
import { folderWith } from '@infrarust/test-kit'
import * as v from 'valibot'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { verb as add } from '../src/verbs/ban-add/verb.ts'
import { verb as check } from '../src/verbs/ban-check/verb.ts'
import { verb as importBans } from '../src/verbs/ban-import/verb.ts'
import { verb as list } from '../src/verbs/ban-list/verb.ts'
import { verb as remove } from '../src/verbs/ban-remove/verb.ts'
import type { WithBans } from '../src/verbs/live-proxy.ts'
import type { DataVerb, RequestSchema, Sent } from '../src/verbs/verb.ts'

let store: BanStore

beforeEach(async () => {
  const opened = await openSqliteStore({ file: join(folderWith({}), 'bans.db') })
  onTestFinished(() => opened.close())
  store = opened
})

/** What is answered to who asks for this, once it has passed the schema. */
async function ask<Request extends RequestSchema, Result extends v.GenericSchema>(
  verb: DataVerb<WithBans, Request, Result>,
  request: v.InferInput<Request>,
  ...entries: readonly unknown[]
): Promise<Sent<Result>> {
  async function* lines(): AsyncGenerator<unknown, void> {
    yield* entries
  }
  const call = { lines: lines(), signal: new AbortController().signal, isFromNetwork: false, isReadOnly: false }
  return await verb.run({ bans: store }, v.parse(verb.request, request), call)
}

function named(value: string) {
  return { type: 'username', value } as const
}

function target(value: string) {
  const parsed = parseBanTarget(value)
  if (parsed.kind === 'invalid') throw new Error(value)
  return parsed.target
}

describe('what a client asks of the bans', { timeout: 60_000 }, () => {
  // One entry longer than a line, and no list of bans could be sent any more.
  it('is kept short enough to be told again', async () => {
    await ask(add, { target: named('Steve'), by: `eve\n${'x'.repeat(60_000)}`, reason: 'y'.repeat(60_000) })
    const [entry] = await ask(list, {})
    expect(entry).toMatchObject({ source: expect.stringMatching(/^eve x+$/) })
    expect(JSON.stringify(entry).length).toBeLessThan(4_096)
  })
  it('is told about somebody with a long history, the latest first', async () => {
    const steve = named('Steve')
    const again = {
      target: steve,
      playerName: undefined,
      reason: 'again',
      source: 'eve',
      createdAt: 1,
      expiresAt: undefined,
    }
    await store.add(
      Array.from({ length: 2_000 }, () => again),
      'eve',
    )
    await store.remove([steve], 'alice')
    const shown = await ask(check, steve)
    expect(shown).toMatchObject({
      bans: [],
      history: expect.arrayContaining([expect.objectContaining({ by: 'alice' })]),
    })
    expect(shown.history.length).toBeGreaterThan(200)
  })
  it('is told about an address with every network around it, the smallest first', async () => {
    const networks = ['0.0.0.0/0', '198.51.100.0/24', '198.51.100.8/31', '::/0', '2001:db8::/32', '2001:db8::8/127']
    const others = ['198.51.100.9', '2001:db8::9', '198.51.100.10/31', '198.0.0.0/16']
    for (const each of [...networks, ...others]) await ask(add, { target: target(each) })
    const holders = async (address: string): Promise<unknown> => {
      const { bans } = await ask(check, target(address))
      return bans.map((ban) => ban.target.value)
    }
    expect(await holders('::ffff:198.51.100.9')).toEqual([
      '198.51.100.9',
      '198.51.100.8/31',
      '198.51.100.0/24',
      '0.0.0.0/0',
    ])
    expect(await holders('2001:db8::9')).toEqual(['2001:db8::9', '2001:db8::8/127', '2001:db8::/32', '::/0'])
  })
  it.each([0, -5, 1e300, Number.NaN])('is refused with a duration of %j', async (duration_seconds) => {
    await expect(ask(add, { target: named('Steve'), duration_seconds })).rejects.toThrow(v.ValiError)
    expect(store.bans.list(Date.now())).toEqual([])
  })
  it.each([
    { type: 'ip', value: '' },
    { type: 'cidr', value: '198.51.100.7/24' },
    { type: 'uuid', value: 'Steve' },
    { type: 'username', value: '' },
  ] as const)('is refused with %j for a target', async (target) => {
    for (const asked of [ask(add, { target }), ask(remove, target), ask(check, target)])
      await expect(asked).rejects.toMatchObject({ code: 'bad_request' })
  })
})

describe('a ban that is made again', { timeout: 60_000 }, () => {
  const UUID = '069a79f4-44e9-4726-a5be-fca90e38aaf5'
  const uuid = { type: 'uuid', value: UUID } as const

  it('says all names that it is enforced by, and when the one before would have ended', async () => {
    const notch = await ask(add, { target: uuid, player_name: 'Notch' })
    expect(notch).toMatchObject({ player_name: 'Notch' })
    expect(notch).not.toHaveProperty('other_names')
    expect(await ask(add, { target: uuid })).toEqual({ ...notch, created_at: expect.any(Number) })
    const names = { player_name: 'Jeb', other_names: ['Notch'] }
    expect(await ask(add, { target: uuid, player_name: 'Jeb', duration_seconds: 60 })).toMatchObject({
      ...names,
      shortened_from: null,
    })
    expect(await ask(add, { target: uuid, duration_seconds: 1 })).toMatchObject({
      ...names,
      shortened_from: expect.any(Number),
    })
    for (const name of ['notch', 'jeb']) expect(store.bans.forPlayer(name, Date.now())).toBeDefined()
  })
  it('is as long as before where a list says less, and a list is told how many were', async () => {
    for (const each of [named('Steve'), target('203.0.113.7'), uuid]) await ask(add, { target: each })
    const entries = [
      { name: 'STEVE', expires: '2999-01-01 00:00:00 +0000' },
      { ip: '::ffff:203.0.113.7', expires: '2999-01-01 00:00:00 +0000' },
      { ip: '203.0.113.7/32', expires: '2999-01-01 00:00:00 +0000' },
      { uuid: UUID.toUpperCase().replaceAll('-', ''), name: 'Notch', expires: '2999-01-01 00:00:00 +0000' },
      { name: 'Alex', expires: '2999-01-01 00:00:00 +0000' },
    ]
    expect(await ask(importBans, {}, ...entries)).toEqual({ imported: 5, over: 0, kept: 4, unenforced: 0 })
    const ends = store.bans.list(Date.now()).map(({ target, expiresAt }) => [target.value, expiresAt])
    expect(ends.filter(([, end]) => end !== undefined)).toEqual([['Alex', Date.parse('2999-01-01T00:00:00Z')]])
    expect(store.bans.forPlayer('Notch', Date.now())).toBeDefined()
  })
  it('is not made at all where one entry of a list is wrong', async () => {
    await expect(ask(importBans, {}, { name: 'Alex' }, { ip: 'nowhere' })).rejects.toMatchObject({
      code: 'bad_request',
      message: expect.stringContaining('entry 2'),
    })
    expect(await ask(list, {})).toEqual([])
  })
  it('is exported with all of its names, and comes back with them', async () => {
    for (const player_name of ['Notch', 'Jeb']) await ask(add, { target: uuid, player_name })
    const exported = await ask(list, {})
    await ask(remove, uuid)
    expect(store.bans.forPlayer('Notch', Date.now())).toBeUndefined()
    await ask(importBans, {}, ...exported)
    expect(await ask(list, {})).toEqual(exported)
    for (const name of ['Notch', 'Jeb']) expect(store.bans.forPlayer(name, Date.now())).toBeDefined()
  })
  it('says when it is lifted which names were free with it, and who is held by another one', async () => {
    await ask(add, { target: uuid, player_name: 'Notch' })
    await ask(add, { target: uuid, player_name: 'Jeb' })
    for (const each of [named('Notch'), target('203.0.113.0/24')]) await ask(add, { target: each })
    const by = expect.objectContaining({ player_name: 'Jeb', other_names: ['Notch'] })
    const notch = named('Notch')
    expect(await ask(remove, notch)).toEqual({ target: notch, names: [], still_held: [{ target: 'Notch', by }] })
    await expect(ask(remove, notch)).rejects.toMatchObject({
      code: 'not_found',
      message: `Notch has no ban of its own: Notch is still kept out by the ban of ${UUID} (Jeb, Notch)`,
    })
    await expect(ask(remove, target('203.0.113.7'))).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('203.0.113.0/24'),
    })
    expect(await ask(remove, uuid)).toEqual({ target: uuid, names: ['Jeb', 'Notch'], still_held: [] })
  })
})
