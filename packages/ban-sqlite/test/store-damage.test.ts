import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import { openSqliteStore } from '../src/index.ts'
import { ban } from './fixtures.ts'
import { banned, bannedAt, closedStore, ENDS, many, newFile, open, openWith, sql, WAIT } from './store-files.ts'

/** What takes the place of a store and is none, and what is said of it. */
const MISTAKES: Readonly<Record<string, readonly [(file: string) => void, RegExp]>> = {
  'cut to nothing': [(file) => truncateSync(file, 0), /it is empty \(0 bytes\)/],
  'replaced by an empty file': [
    (file) => {
      writeFileSync(`${file}.new`, '')
      renameSync(`${file}.new`, file)
    },
    /it is empty \(0 bytes\)/,
  ],
  'cut in half': [(file) => truncateSync(file, statSync(file).size / 2), /damaged|malformed/],
  'cut in the middle of a page': [(file) => truncateSync(file, 5_000), /damaged|malformed/],
  'overwritten with a text': [(file) => writeFileSync(file, 'no database'.repeat(1_000)), /not a database/],
  'overwritten with zeros': [(file) => writeFileSync(file, Buffer.alloc(statSync(file).size)), /not a database/],
  'damaged behind its first page': [
    (file) => writeFileSync(file, readFileSync(file).fill(0xa5, 4_096, 20_480)),
    /damaged|malformed/,
  ],
  'replaced by a database of somebody else': [
    (file) => {
      sql(`${file}.other`, 'CREATE TABLE t (a); INSERT INTO t VALUES (1)')
      renameSync(`${file}.other`, file)
    },
    /database of another program$|database of another program;/,
  ],
  'replaced by a database of somebody else with a number': [
    (file) => {
      sql(`${file}.other`, 'PRAGMA application_id = 7; PRAGMA user_version = 1; CREATE TABLE bans (a)')
      renameSync(`${file}.other`, file)
    },
    /database of another program/,
  ],
  'of a later version': [(file) => restoredAs(file, 'PRAGMA user_version = 9'), /its version is 9/],
  'without its application_id, as from a dump': [
    (file) => restoredAs(file, 'PRAGMA application_id = 0; PRAGMA user_version = 0'),
    /no application_id; .*PRAGMA application_id = 1231971906/,
  ],
  'replaced by a folder': [
    (file) => {
      rmSync(file)
      mkdirSync(file)
    },
    /no regular file/,
  ],
}

/** Puts a changed copy of it in its place. */
function restoredAs(file: string, statements: string): void {
  copyFileSync(file, `${file}.copy`)
  sql(`${file}.copy`, statements)
  renameSync(`${file}.copy`, file)
}

describe('a ban store whose file is', { timeout: 60_000 }, () => {
  it.each(Object.entries(MISTAKES))(
    '%s keeps its bans, says so once, and does not start',
    async (_, [attack, said]) => {
      const file = newFile()
      const { store, notices } = await openWith(file, ...many(1))
      const backup = newFile()
      copyFileSync(file, backup)
      attack(file)
      await vi.waitFor(() => expect(notices).not.toEqual([]), WAIT)
      expect(notices).toEqual([expect.stringMatching(/the bans read before stay in force$/)])
      expect(notices[0]).toMatch(said)
      expect(banned(store)).toEqual([...many(1)].sort())
      await expect(store.add([ban('203.0.113.3')], 'admin')).rejects.toMatchObject({ code: 'write' })
      await expect(store.remove([ban('10.1.0.1').target], 'admin')).rejects.toMatchObject({ code: 'write' })
      expect(banned(store)).toEqual([...many(1)].sort())
      await expect(openSqliteStore({ file })).rejects.toMatchObject({
        code: 'open',
        message: expect.stringMatching(said),
      })
      // The way back.
      rmSync(file, { recursive: true })
      copyFileSync(backup, file)
      await vi.waitFor(() => store.add([ban('203.0.113.3')], 'admin'), WAIT)
      expect(await bannedAt(file)).toEqual([...many(1), '203.0.113.3'].sort())
      expect(notices).toHaveLength(1)
    },
  )
  it('somebody else’s is not written to', async () => {
    const file = newFile()
    sql(file, 'CREATE TABLE t (a); INSERT INTO t VALUES (1)')
    const before = readFileSync(file)
    await expect(openSqliteStore({ file })).rejects.toThrow('database of another program')
    expect(readFileSync(file).equals(before)).toBe(true)
    for (const end of ['-wal', '-shm']) expect(existsSync(`${file}${end}`)).toBe(false)
  })
  it('a store without bans all of a sudden keeps those that there were, until they are lifted or it starts anew', async () => {
    const file = newFile()
    const { store, notices } = await openWith(file, '203.0.113.1', '203.0.113.2')
    copyFileSync(await closedStore(), file)
    await vi.waitFor(() => expect(notices).toEqual([expect.stringContaining('no bans in it any more; the 2')]), WAIT)
    await store.add([ban('203.0.113.3')], 'admin')
    expect(await store.remove([ban('203.0.113.1').target], 'admin')).toHaveLength(1)
    expect(banned(store)).toEqual(['203.0.113.2', '203.0.113.3'])
    // Looked at anew, it still has none of the old ones.
    restoredAs(file, 'VACUUM')
    await store.add([ban('203.0.113.4')], 'admin')
    expect(banned(store)).toEqual(['203.0.113.2', '203.0.113.3', '203.0.113.4'])
    await store.close()
    expect(await bannedAt(file)).toEqual(['203.0.113.3', '203.0.113.4'])
  })
  it('gone is made again with all of its bans by the next change, and its history', async () => {
    for (const ends of [[''], ENDS]) {
      const file = newFile()
      const { store } = await openWith(file, '203.0.113.1', '203.0.113.2')
      for (const end of ends) rmSync(`${file}${end}`)
      await store.remove([ban('203.0.113.1').target], 'admin')
      await store.add([ban('203.0.113.3')], 'admin')
      expect(banned(store)).toEqual(['203.0.113.2', '203.0.113.3'])
      expect(await store.audit(10)).toHaveLength(4)
      await store.close()
      expect(await bannedAt(file)).toEqual(['203.0.113.2', '203.0.113.3'])
    }
  })
  it('gone is said to be, in case nobody knows', async () => {
    const file = newFile()
    const { store, notices } = await openWith(file, '203.0.113.1')
    rmSync(file)
    await vi.waitFor(() => expect(notices).toEqual([expect.stringContaining('it is gone')]), WAIT)
    expect(banned(store)).toEqual(['203.0.113.1'])
  })
  it('there without its log goes on, for two that have it open', async () => {
    const file = newFile()
    const [one, two] = [await openWith(file, '203.0.113.1'), await open(file)]
    for (const end of ['-wal', '-shm']) rmSync(`${file}${end}`)
    await one.store.add([ban('203.0.113.2')], 'admin')
    await two.store.add([ban('203.0.113.3')], 'admin')
    for (const { store } of [one, two]) await vi.waitFor(() => expect(banned(store)).toHaveLength(3), WAIT)
    for (const { store } of [one, two]) await store.close()
    expect(await bannedAt(file)).toHaveLength(3)
  })
})
