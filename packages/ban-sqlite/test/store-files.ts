import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { BanStore } from '@infrarust/core/ban-store'
import { folderWith } from '@infrarust/test-kit'
import { onTestFinished } from 'vitest'
import { openSqliteStore } from '../src/index.ts'
import { ban } from './fixtures.ts'

/** What the tests of a ban store do to its files from outside. */

export const NOW = Date.parse('2026-01-02T03:04:05Z')
export const WAIT = { timeout: 20_000, interval: 20 }

export function newFile(): string {
  return join(folderWith(), 'bans.db')
}

export async function open(file: string): Promise<{ readonly store: BanStore; readonly notices: string[] }> {
  const notices: string[] = []
  const store = await openSqliteStore({ file, notice: (message) => notices.push(message) })
  onTestFinished(() => store.close())
  return { store, notices }
}

export async function openWith(file: string, ...addresses: readonly string[]) {
  const opened = await open(file)
  await opened.store.add(
    addresses.map((address) => ban(address)),
    'admin',
  )
  return opened
}

export function banned(store: BanStore): readonly string[] {
  return store.bans
    .list(NOW)
    .map(({ target }) => target.value)
    .sort()
}

/** What a start finds at the path. */
export async function bannedAt(file: string): Promise<readonly string[]> {
  const store = await openSqliteStore({ file })
  try {
    return banned(store)
  } finally {
    await store.close()
  }
}

/** A store of its own that is closed, with so many bans. */
export async function closedStore(...addresses: readonly string[]): Promise<string> {
  const file = newFile()
  const store = await openSqliteStore({ file })
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

export function sql(file: string, statements: string): void {
  const database = new DatabaseSync(file)
  database.exec(statements)
  database.close()
}

/** A connection that keeps what is committed in the write-ahead log, as a program does that never brings it into the file. */
export function unfinished(file: string, statements: string): DatabaseSync {
  const database = new DatabaseSync(file)
  onTestFinished(() => {
    if (database.isOpen) database.close()
  })
  database.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0')
  database.exec(statements)
  return database
}

/** Another program that reads a store and does not come to an end, so that what is written meanwhile stays in the log. */
export async function readingProcess(file: string): Promise<ChildProcess> {
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

export const ENDS = ['', '-wal', '-shm']
export const many = (net: number): readonly string[] =>
  Array.from({ length: 500 }, (_, index) => `10.${net}.${index >> 8}.${index & 255}`)
