import type { DatabaseSync } from 'node:sqlite'

/** "InfB": a file with another number belongs to another program. */
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

/**
 * Makes a database of this connection that keeps what it has acknowledged: WAL, with an fsync for each transaction.
 *
 * @throws where the file is no database, of another program, or of a later version
 * @see https://www.sqlite.org/pragma.html#pragma_synchronous
 */
export function prepare(database: DatabaseSync): void {
  enterWal(database)
  database.exec('PRAGMA synchronous = FULL')
  // Without the write lock: whoever only reads does not wait for somebody's import, and a proxy starts during one.
  if (isOurs(database)) return
  // Two processes may meet a new file at the same time: the second finds the tables made.
  transaction(database, () => {
    if (isOurs(database)) return
    const applicationId = pragma(database, 'application_id')
    const version = pragma(database, 'user_version')
    if (applicationId === 0 && version === 0 && isEmpty(database)) database.exec(TABLES)
    else if (applicationId !== APPLICATION_ID) throw new Error('it is a database of another program')
    else throw new Error(`its version is ${version}, and this program knows version ${SCHEMA_VERSION}`)
  })
}

function isOurs(database: DatabaseSync): boolean {
  return pragma(database, 'application_id') === APPLICATION_ID && pragma(database, 'user_version') === SCHEMA_VERSION
}

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

export function pragma(database: DatabaseSync, name: string): unknown {
  return database.prepare(`PRAGMA ${name}`).get()?.[name]
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

const SQLITE_BUSY = 5

/** The low byte of an extended code is its kind: `SQLITE_BUSY_RECOVERY` comes while somebody reads the log of a crash. */
function isBusy(error: unknown): boolean {
  return (
    error instanceof Error &&
    'errcode' in error &&
    typeof error.errcode === 'number' &&
    (error.errcode & 0xff) === SQLITE_BUSY
  )
}

function isEmpty(database: DatabaseSync): boolean {
  return database.prepare('SELECT 1 FROM sqlite_master LIMIT 1').get() === undefined
}
