import { copyFileSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
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
  readingProcess,
  unfinished,
  WAIT,
} from './store-files.ts'

describe('a copy of the file of a ban store', { timeout: 60_000 }, () => {
  // All bans were in the write-ahead log alone: a copy was an empty backup, and a lost log let everybody in.
  it('has every ban at the moment in which it is acknowledged', async () => {
    const file = newFile()
    const { store } = await open(file)
    for (const address of ['203.0.113.1', '203.0.113.2', '203.0.113.3']) {
      await store.add([ban(address)], 'admin')
      const copy = newFile()
      copyFileSync(file, copy)
      expect(await bannedAt(copy)).toContain(address)
    }
    await store.remove([ban('203.0.113.2').target], 'admin')
    const copy = newFile()
    copyFileSync(file, copy)
    expect(await bannedAt(copy)).toEqual(['203.0.113.1', '203.0.113.3'])
  })
  it('has soon what another program has left in the log', async () => {
    const file = newFile()
    const { store } = await openWith(file, '203.0.113.1')
    unfinished(file, "UPDATE bans SET reason = 'changed'")
    await vi.waitFor(() => expect(store.bans.list(NOW)).toMatchObject([{ reason: 'changed' }]), WAIT)
    await vi.waitFor(() => expect(statSync(`${file}-wal`).size).toBe(0), WAIT)
  })
  it('has it as soon as a program that reads the store has ended, for which nobody waits', async () => {
    const file = newFile()
    const { store } = await openWith(file, '203.0.113.1')
    const reader = new DatabaseSync(file, { readOnly: true })
    reader.exec('BEGIN; SELECT * FROM bans')
    await store.add([ban('203.0.113.2')], 'admin')
    expect(statSync(`${file}-wal`).size).toBeGreaterThan(0)
    reader.close()
    await vi.waitFor(() => expect(statSync(`${file}-wal`).size).toBe(0), WAIT)
    const copy = newFile()
    copyFileSync(file, copy)
    expect(await bannedAt(copy)).toEqual(['203.0.113.1', '203.0.113.2'])
  })
})

/** How a backup comes to its place. */
const RESTORES: Readonly<Record<string, (backup: string, file: string) => void>> = {
  'is copied over it': copyFileSync,
  'is copied over it and keeps its times': (backup, file) => {
    const { atime, mtime } = statSync(backup)
    copyFileSync(backup, file)
    utimesSync(file, atime, mtime)
  },
  'is moved over it': (backup, file) => {
    copyFileSync(backup, `${file}.restored`)
    renameSync(`${file}.restored`, file)
  },
  'is copied after it was removed with its log': (backup, file) => {
    for (const end of ENDS) rmSync(`${file}${end}`, { force: true })
    copyFileSync(backup, file)
  },
  'is copied after it alone was removed': (backup, file) => {
    rmSync(file)
    copyFileSync(backup, file)
  },
  'is copied in two parts': (backup, file) => {
    const bytes = readFileSync(backup)
    writeFileSync(file, bytes.subarray(0, 5_000))
    writeFileSync(file, bytes)
  },
}

describe('a backup of a ban store that runs', { timeout: 60_000 }, () => {
  // The connection went on with pages of the old file and its log, and the store was malformed at the next start.
  for (const [how, restore] of Object.entries(RESTORES)) {
    for (const log of ['no log', 'something in the log']) {
      it(`that ${how}, with ${log} beside it, is taken over, written to, and there at the next start`, async () => {
        const file = newFile()
        const { store, notices } = await openWith(file, ...many(1))
        const backup = newFile()
        copyFileSync(file, backup)
        await store.add(
          many(2).map((address) => ban(address)),
          'admin',
        )
        const reader = log === 'no log' ? undefined : await readingProcess(file)
        await store.add([ban('203.0.113.2')], 'admin')
        if (reader !== undefined) expect(statSync(`${file}-wal`).size).toBeGreaterThan(0)
        restore(backup, file)
        await vi.waitFor(() => expect(banned(store)).toEqual([...many(1)].sort()), WAIT)
        reader?.kill()
        await store.add([ban('203.0.113.3')], 'admin')
        await store.close()
        expect(await bannedAt(file)).toEqual([...many(1), '203.0.113.3'].sort())
        expect(notices).toEqual([])
      })
    }
    it(`that ${how} is taken over by a change that comes before it was noticed`, async () => {
      const { file, store, backup } = await changedSinceBackup()
      restore(backup, file)
      await store.add([ban('203.0.113.3')], 'admin')
      expect(banned(store)).toEqual(['203.0.113.1', '203.0.113.3'])
      expect(await bannedAt(file)).toEqual(['203.0.113.1', '203.0.113.3'])
    })
  }
  it('brings its own log along', async () => {
    const backup = await closedStore('203.0.113.1')
    const source = unfinished(backup, "UPDATE bans SET reason = 'in the log'")
    for (const way of [copyFileSync, RESTORES['is moved over it']]) {
      const file = newFile()
      const { store } = await openWith(file, ...many(1))
      for (const end of ['-wal', '']) way?.(`${backup}${end}`, `${file}${end}`)
      await vi.waitFor(() => expect(store.bans.list(NOW)).toMatchObject([{ reason: 'in the log' }]), WAIT)
      await store.close()
    }
    source.close()
  })
  it('is what a proxy that was not told ends with', async () => {
    const { file, store, backup } = await changedSinceBackup()
    copyFileSync(backup, file)
    await store.close()
    expect(await bannedAt(file)).toEqual(['203.0.113.1'])
  })
})

/** A store that was copied with one ban, and has more since. */
async function changedSinceBackup() {
  const file = newFile()
  const { store } = await openWith(file, '203.0.113.1')
  const backup = newFile()
  copyFileSync(file, backup)
  await store.add(
    many(1).map((address) => ban(address)),
    'admin',
  )
  return { file, store, backup }
}
