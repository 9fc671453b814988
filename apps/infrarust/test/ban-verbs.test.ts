import { join } from 'node:path'
import { type BanStore, openEmbeddedStore } from '@infrarust/core'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { ANSWER_LINE_MAX_BYTES, isRecord, type Options } from '../src/control/protocol.ts'
import { banVerbs } from '../src/control/verbs/ban-verbs.ts'
import { folderWith } from './running.ts'

let store: BanStore

beforeEach(async () => {
  const opened = await openEmbeddedStore({ file: join(folderWith({}), 'bans.db') })
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
  it.each([null, {}, 5, '', '198.51.100.7/24'])('is refused with %j for a target', async (target) => {
    await expect(ask('ban.add', {}, target)).rejects.toMatchObject({ code: 'refused' })
    await expect(ask('ban.remove', {}, target)).rejects.toMatchObject({ code: 'refused' })
  })
})
