import { chownSync, existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { BanStore } from '@infrarust/core/ban-store'
import { banStoreContract } from '@infrarust/core/testing'
import { folderWith, TemporaryFolder } from '@infrarust/test-kit'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { openSqliteStore } from '../src/index.ts'
import { ban } from './fixtures.ts'

banStoreContract('SQLite', async () => {
  const folder = new TemporaryFolder()
  return {
    open: () => openSqliteStore({ file: join(folder.path, 'bans.db') }),
    dispose: async () => folder.remove(),
  }
})

const NOW = Date.parse('2026-01-02T03:04:05Z')
const WAIT = { timeout: 20_000, interval: 20 }

async function open(file: string, purgeIntervalMs?: number): Promise<BanStore> {
  const store = await openSqliteStore({ file, ...(purgeIntervalMs !== undefined && { purgeIntervalMs }) })
  onTestFinished(() => store.close())
  return store
}

describe('an SQLite store', { timeout: 60_000 }, () => {
  it('makes its file with the first ban, its folder included', async () => {
    const file = join(folderWith(), 'data', 'bans.db')
    const [early, writer] = [await open(file), await open(file)]
    await writer.add([ban('203.0.113.7')], 'admin')
    await vi.waitFor(() => expect(early.bans.list(NOW)).toHaveLength(1), WAIT)
  })
  // The thread was 4 MB of each proxy, and what a start waited for longest, also where nobody was ever banned.
  it('has no thread as long as there is no store', async () => {
    let threads = 0
    const count = (): void => void threads++
    process.on('worker', count)
    onTestFinished(() => void process.off('worker', count))
    const file = join(folderWith(), 'bans.db')
    const store = await open(file)
    const { target } = ban('203.0.113.7')
    expect([await store.remove([target], 'admin'), await store.audit(10)]).toEqual([[], []])
    expect(threads).toBe(0)
    await store.add([ban('203.0.113.7')], 'admin')
    expect([threads, await store.audit(10)]).toMatchObject([1, [{ by: 'admin' }]])
    const idle = await open(join(folderWith(), 'bans.db'))
    await idle.close()
    await expect(idle.audit(10)).rejects.toMatchObject({ code: 'closed' })
    expect(threads).toBe(1)
  })
  // A root-owned store kept the proxy of another user from starting. Whoever is not root makes files for nobody else anyway.
  it('makes all its files for whom its folder belongs to, also as root', async () => {
    const path = folderWith()
    if (process.geteuid?.() === 0) chownSync(path, 65_534, 65_534)
    const file = join(path, 'data', 'bans.db')
    await (await open(file)).add([ban('203.0.113.7')], 'admin')
    const { uid, gid } = statSync(path)
    for (const each of [dirname(file), file, `${file}-wal`, `${file}-shm`])
      expect([each, statSync(each)]).toMatchObject([each, { uid, gid }])
  })
  it('refuses to open what is no database, and one of another program or of a later version', async () => {
    const file = join(folderWith(), 'bans.db')
    writeFileSync(file, 'this is no database at all, however long one looks at it')
    await expect(openSqliteStore({ file })).rejects.toMatchObject({
      code: 'open',
      where: file,
      message: expect.stringContaining(`${file} cannot be opened: file is not a database`),
    })
    const other = join(folderWith(), 'bans.db')
    alter(other, 'CREATE TABLE t (a)')
    await expect(openSqliteStore({ file: other })).rejects.toThrow('database of another program')
    const later = join(folderWith(), 'bans.db')
    const store = await openSqliteStore({ file: later })
    await store.add([ban('203.0.113.7')], 'admin')
    await store.close()
    alter(later, 'PRAGMA user_version = 2')
    await expect(openSqliteStore({ file: later })).rejects.toThrow('its version is 2')
  })
  it('can be made with its first ban where that is asked for, or is not opened', async () => {
    const folder = folderWith({ 'a-file': '' })
    for (const file of ['a-file/bans.db', 'not/there/bans.db', 'not/there/bans.json'].map((path) => join(folder, path)))
      await expect(openSqliteStore({ file, mustBeWritable: true })).rejects.toMatchObject({
        code: 'open',
        where: file.replace('.json', '.db'),
      })
    const store = await openSqliteStore({ file: join(folder, 'data', 'bans.db'), mustBeWritable: true })
    onTestFinished(() => store.close())
    expect(existsSync(join(folder, 'data'))).toBe(false)
    await store.add([ban('203.0.113.7')], 'admin')
  })
  it('keeps a write-ahead log', async () => {
    const file = join(folderWith(), 'bans.db')
    const store = await open(file)
    await store.add([ban('203.0.113.7')], 'admin')
    const database = new DatabaseSync(file, { readOnly: true })
    onTestFinished(() => database.close())
    expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
  })
  // A proxy did not start while a command that had found none imported a long list.
  it('is opened and read while another process writes for long', async () => {
    const file = join(folderWith(), 'bans.db')
    await (await open(file)).add([ban('203.0.113.7')], 'admin')
    const writer = new DatabaseSync(file)
    onTestFinished(() => writer.close())
    writer.exec('BEGIN IMMEDIATE')
    const store = await open(file)
    expect(store.bans.list(NOW)).toHaveLength(1)
    expect(await store.audit(1)).toHaveLength(1)
    writer.exec('ROLLBACK')
  })
  it('tells why a change was not made, and has not made half of it', async () => {
    const file = join(folderWith(), 'bans.db')
    const store = await open(file)
    await store.add([ban('203.0.113.1')], 'admin')
    alter(
      file,
      "CREATE TRIGGER refuse BEFORE INSERT ON bans WHEN new.value = '203.0.113.3' BEGIN SELECT raise(ABORT, 'no room'); END",
    )
    const both = [ban('203.0.113.2'), ban('203.0.113.3')]
    await expect(store.add(both, 'admin')).rejects.toMatchObject({
      code: 'write',
      message: expect.stringContaining('no room'),
    })
    expect((await open(file)).bans.list(NOW)).toHaveLength(1)
  })
  it('notices a change that left no audit trail, and a file put in the place of its own', async () => {
    const path = folderWith()
    const file = join(path, 'bans.db')
    const store = await open(file)
    await store.add([ban('203.0.113.1'), ban('203.0.113.2')], 'admin')
    alter(file, "DELETE FROM bans WHERE value = '203.0.113.1'")
    await vi.waitFor(() => expect(store.bans.list(NOW)).toHaveLength(1), WAIT)

    const backup = await openSqliteStore({ file: join(path, 'backup.db') })
    await backup.add([ban('203.0.113.9')], 'admin')
    await backup.close()
    for (const end of ['-wal', '-shm', '']) rmSync(`${file}${end}`, { force: true })
    renameSync(join(path, 'backup.db'), file)
    await vi.waitFor(() => expect(store.bans.forClient('203.0.113.9', NOW)).toBeDefined(), WAIT)
    expect(store.bans.forClient('203.0.113.2', NOW)).toBeUndefined()
  })
  it('takes out what has expired, and writes that down', async () => {
    const store = await open(join(folderWith(), 'bans.db'), 1)
    await store.add([{ ...ban('203.0.113.7'), expiresAt: Date.now() - 1 }], 'admin')
    await vi.waitFor(async () => expect((await store.audit(1))[0]?.action).toBe('expired'), WAIT)
    await vi.waitFor(() => expect(store.bans.get({ type: 'ip', value: '203.0.113.7' })).toBeUndefined(), WAIT)
  })
})

describe('a file that ends in .json', { timeout: 60_000 }, () => {
  const entry = { target: { type: 'username', value: 'Steve' }, source: 'console', created_at: 1_700_000_000 }
  it('is imported once into bans.db beside it', async () => {
    const file = join(folderWith(), 'bans.json')
    writeFileSync(file, JSON.stringify({ bans: [entry] }))
    const first = await openSqliteStore({ file })
    expect(first.bans.forPlayer('steve', NOW)).toMatchObject({ source: 'console', createdAt: 1_700_000_000_000 })
    await first.remove([{ type: 'username', value: 'Steve' }], 'admin')
    await first.close()
    expect((await open(file)).bans.forPlayer('steve', NOW)).toBeUndefined()
    expect((await open(file.replace('.json', '.db'))).bans.list(NOW)).toEqual([])
  })
  it('may be missing', async () => {
    expect((await open(join(folderWith(), 'bans.json'))).bans.list(NOW)).toEqual([])
  })
  it('that cannot be read whole is an error that names the entry', async () => {
    const file = join(folderWith(), 'bans.json')
    writeFileSync(file, JSON.stringify([entry, { ...entry, expires_at: 'soon' }]))
    await expect(openSqliteStore({ file })).rejects.toMatchObject({
      code: 'import',
      message: expect.stringContaining('entry 2 has no time in expires_at'),
    })
  })
})

function alter(file: string, sql: string): void {
  const database = new DatabaseSync(file)
  database.exec(sql)
  database.close()
}
