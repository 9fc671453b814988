import type { DatabaseSync } from 'node:sqlite'

/** "InfB": a file with another number, or with none, belongs to another program. Every version has written it. */
const APPLICATION_ID = 0x496e6642
const SCHEMA_VERSION = 1

/** How long another process may hold the write lock before a change fails; an import of 100,000 bans takes seconds. */
export const BUSY_MS = 10_000

const TABLES = `
  CREATE TABLE bans (
    key TEXT PRIMARY KEY, type TEXT NOT NULL, value TEXT NOT NULL, player_name TEXT,
    reason TEXT, source TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER
  ) STRICT;
  CREATE TABLE audit (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, action TEXT NOT NULL, key TEXT NOT NULL,
    type TEXT NOT NULL, value TEXT NOT NULL, by TEXT NOT NULL, reason TEXT, expires_at INTEGER
  ) STRICT;
  CREATE TABLE imports (file TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT;
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};`

/** Makes an empty database a store of ours. */
export function makeTables(database: DatabaseSync): void {
  transaction(database, () => database.exec(TABLES))
}

/**
 * Has this connection keep what it has acknowledged: WAL, with an fsync for each transaction.
 *
 * @see https://www.sqlite.org/pragma.html#pragma_synchronous
 */
export function keepWhatIsAcknowledged(database: DatabaseSync): void {
  enterWal(database)
  database.exec('PRAGMA synchronous = FULL')
}

/** @throws where it is no database, of another program, or of a later version; nothing in it is touched */
export function checkOwner(database: DatabaseSync): void {
  const applicationId = pragma(database, 'application_id')
  const version = pragma(database, 'user_version')
  if (applicationId === APPLICATION_ID && version === SCHEMA_VERSION) return
  if (applicationId === APPLICATION_ID)
    throw new Error(`its version is ${version}, and this program knows version ${SCHEMA_VERSION}`)
  const hint = applicationId === 0 && hasOurTables(database) ? `: it has no application_id${FROM_DUMP}` : ''
  throw new Error(`it is a database of another program${hint}`)
}

/** A dump of a store has its tables and not its numbers. */
const FROM_DUMP = `; if it was made from a dump of a ban store, say "PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}" in it`

/** @throws where its pages do not fit together, as after a restore that mixed two files */
export function checkWhole(database: DatabaseSync): void {
  const verdict = pragma(database, 'integrity_check(1)', 'integrity_check')
  if (verdict !== 'ok') throw new DamagedError(`it is damaged: ${String(verdict).replaceAll(/\s+/g, ' ')}`)
}

class DamagedError extends Error {}

/** All of it or nothing, under the write lock from the start. */
export function transaction<Result>(database: DatabaseSync, change: () => Result): Result {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = change()
    database.exec('COMMIT')
    return result
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

export function pragma(database: DatabaseSync, name: string, column: string = name): unknown {
  return database.prepare(`PRAGMA ${name}`).get()?.[column]
}

/** SQLite does not wait for the lock that this switch needs where another process is at the same switch. */
function enterWal(database: DatabaseSync): void {
  const until = Date.now() + BUSY_MS
  for (;;) {
    try {
      if (pragma(database, 'journal_mode') !== 'wal') database.exec('PRAGMA journal_mode = WAL')
      return
    } catch (error) {
      if (!isBusy(error) || Date.now() > until) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
    }
  }
}

/** @see https://www.sqlite.org/rescode.html */
const SQLITE_BUSY = 5
const SQLITE_READONLY = 8
const SQLITE_CORRUPT = 11
const SQLITE_CANTOPEN = 14
const SQLITE_NOTADB = 26

/** Somebody else holds a lock: another time it may go well. */
export function isBusy(error: unknown): boolean {
  return codeOf(error) === SQLITE_BUSY
}

/** It cannot be read without being written to, as where the journal of a crash is to be read first. */
export function needsWriting(error: unknown): boolean {
  const code = codeOf(error)
  return code === SQLITE_READONLY || code === SQLITE_CANTOPEN
}

/** What is in the file does not fit together. */
export function isDamage(error: unknown): boolean {
  const code = codeOf(error)
  return error instanceof DamagedError || code === SQLITE_CORRUPT || code === SQLITE_NOTADB
}

/** The low byte of an extended code is its kind: `SQLITE_BUSY_RECOVERY` comes while somebody reads the log of a crash. */
function codeOf(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
    ? error.errcode & 0xff
    : undefined
}

function hasOurTables(database: DatabaseSync): boolean {
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all()
  return ['bans', 'audit', 'imports'].every((table) => tables.some(({ name }) => name === table))
}
