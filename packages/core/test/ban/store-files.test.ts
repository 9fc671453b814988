import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { folderWith } from '@infrarust/test-kit'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { type BanStore, openEmbeddedStore } from '../../src/entries/ban-store.ts'
import { ban } from './fixtures.ts'

/** What is done to the files of a ban store from outside: backups, restores, and mistakes. Runs by itself, as often as wanted. */

const NOW = Date.parse('2026-01-02T03:04:05Z')
const WAIT = { timeout: 20_000, interval: 20 }

function newFile(): string {
  return join(folderWith(), 'bans.db')
}

async function open(file: string): Promise<{ readonly store: BanStore; readonly notices: string[] }> {
  const notices: string[] = []
  const store = await openEmbeddedStore({ file, notice: (message) => notices.push(message) })
  onTestFinished(() => store.close())
  return { store, notices }
}

async function openWith(file: string, ...addresses: readonly string[]) {
  const opened = await open(file)
  await opened.store.add(
    addresses.map((address) => ban(address)),
    'admin',
  )
  return opened
}

function banned(store: BanStore): readonly string[] {
  return store.bans
    .list(NOW)
    .map(({ target }) => target.value)
    .sort()
}

/** What a start finds at the path. */
async function bannedAt(file: string): Promise<readonly string[]> {
  const store = await openEmbeddedStore({ file })
  try {
    return banned(store)
  } finally {
    await store.close()
  }
}

/** A store of its own that is closed, with so many bans. */
async function closedStore(...addresses: readonly string[]): Promise<string> {
  const file = newFile()
  const store = await openEmbeddedStore({ file })
  await store.add(
    addresses.map((address) => ban(address)),
    'admin',
  )
  if (addresses.length === 0) {
    await store.add([ban('203.0.113.99')], 'admin')
    await store.remove([ban('203.0.113.99').target], 'admin')
  }
  await store.close()
  return file
}

function sql(file: string, statements: string): void {
  const database = new DatabaseSync(file)
  database.exec(statements)
  database.close()
}

/** A connection that keeps what is committed in the write-ahead log, as a program does that never brings it into the file. */
function unfinished(file: string, statements: string): DatabaseSync {
  const database = new DatabaseSync(file)
  onTestFinished(() => {
    if (database.isOpen) database.close()
  })
  database.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0')
  database.exec(statements)
  return database
}

/** Another program that reads a store and does not come to an end, so that what is written meanwhile stays in the log. */
async function readingProcess(file: string): Promise<ChildProcess> {
  const script = `
    const { DatabaseSync } = require('node:sqlite')
    const database = new DatabaseSync(process.argv[1], { readOnly: true })
    database.exec('BEGIN')
    console.log(database.prepare('SELECT count(*) FROM bans').get())
    process.stdin.resume()`
  const child = spawn(process.execPath, ['-e', script, file], { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill())
  await once(child.stdout, 'data')
  return child
}

const ENDS = ['', '-wal', '-shm']
const many = (net: number): readonly string[] =>
  Array.from({ length: 500 }, (_, index) => `10.${net}.${index >> 8}.${index & 255}`)

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
      const file = newFile()
      const { store } = await openWith(file, '203.0.113.1')
      const backup = newFile()
      copyFileSync(file, backup)
      await store.add(
        many(1).map((address) => ban(address)),
        'admin',
      )
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
    const file = newFile()
    const { store } = await openWith(file, '203.0.113.1')
    const backup = newFile()
    copyFileSync(file, backup)
    await store.add(
      many(1).map((address) => ban(address)),
      'admin',
    )
    copyFileSync(backup, file)
    await store.close()
    expect(await bannedAt(file)).toEqual(['203.0.113.1'])
  })
})

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
      await expect(openEmbeddedStore({ file })).rejects.toMatchObject({
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
    await expect(openEmbeddedStore({ file })).rejects.toThrow('database of another program')
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
