import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { ban } from './fixtures.ts'
import {
  banned,
  bannedAt,
  closedStore,
  ENDS,
  many,
  NOW,
  newFile,
  open,
  openWith,
  sql,
  unfinished,
  WAIT,
} from './store-files.ts'

describe('the write-ahead log of a program that was killed', { timeout: 60_000 }, () => {
  /** The files of a store as a kill leaves them, with changes that are only in the log. */
  async function killed(): Promise<{ readonly file: string; readonly backup: string }> {
    const source = await closedStore(...many(1))
    const backup = newFile()
    copyFileSync(source, backup)
    sql(source, `DELETE FROM bans WHERE value LIKE '10.1.1.%'; VACUUM`)
    const database = unfinished(source, "UPDATE bans SET reason = 'in the log' WHERE value < '10.1.0.50'")
    const file = newFile()
    for (const end of ENDS) copyFileSync(`${source}${end}`, `${file}${end}`)
    database.close()
    return { file, backup }
  }
  it('is read', async () => {
    const { file } = await killed()
    const { store, notices } = await open(file)
    expect(store.bans.list(NOW).some(({ reason }) => reason === 'in the log')).toBe(true)
    expect(notices).toEqual([])
  })
  it('is missed', async () => {
    const { file } = await killed()
    rmSync(`${file}-wal`)
    const { notices } = await open(file)
    expect(notices).toEqual([expect.stringContaining('its write-ahead log (-wal) is gone')])
  })
  // The store was malformed, and the proxy did not start with the backup that it had been given.
  it('is set aside where a backup that it does not belong to has taken the place of its store', async () => {
    const { file, backup } = await killed()
    copyFileSync(backup, file)
    const { store, notices } = await open(file)
    expect(notices).toEqual([expect.stringContaining('bans.db-wal.replaced')])
    expect(existsSync(`${file}-wal.replaced`)).toBe(true)
    expect(banned(store)).toEqual([...many(1)].sort())
    await store.close()
    expect(await bannedAt(file)).toEqual([...many(1)].sort())
  })
})

describe('the files of a ban store', { timeout: 60_000 }, () => {
  it('are for nobody else to read, whatever the umask, and the folder that is made for them', async () => {
    const file = join(dirname(newFile()), 'data', 'bans.db')
    await openWith(file, '203.0.113.1')
    for (const end of ENDS) expect(statSync(`${file}${end}`).mode & 0o777).toBe(0o600)
    expect(statSync(dirname(file)).mode & 0o777).toBe(0o700)
  })
  it('become so where an earlier version or a restore has made them readable', async () => {
    const backup = await closedStore('203.0.113.1')
    const file = newFile()
    copyFileSync(backup, file)
    const { store } = await open(file)
    for (const end of ENDS) expect(statSync(`${file}${end}`).mode & 0o777).toBe(0o600)
    writeFileSync(`${file}.restored`, readFileSync(backup), { mode: 0o644 })
    renameSync(`${file}.restored`, file)
    await store.add([ban('203.0.113.2')], 'admin')
    for (const end of ENDS) expect(statSync(`${file}${end}`).mode & 0o777).toBe(0o600)
  })
  it('are made by several at once without a loss, and nothing else stays beside them', async () => {
    const file = newFile()
    const all = await Promise.all([open(file), open(file), open(file)])
    await Promise.all(all.map(({ store }, index) => store.add([ban(`203.0.113.${index}`)], 'admin')))
    for (const { store, notices } of all) {
      await vi.waitFor(() => expect(banned(store)).toHaveLength(3), WAIT)
      expect(notices).toEqual([])
      await store.close()
    }
    expect(await bannedAt(file)).toHaveLength(3)
    expect(statSync(dirname(file)).isDirectory()).toBe(true)
    for (const end of ['-wal', '-shm', '-journal']) expect(existsSync(`${file}${end}`)).toBe(false)
  })
})
