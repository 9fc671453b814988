import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { BanDatabase } from './ban-database.ts'
import { BUSY_MS, checkOwner, checkWhole, isDamage, makeTables, needsWriting } from './schema.ts'

/** Which files a store consists of just now, and whether somebody has written to the one that keeps the bans. */
export interface StoreFiles {
  /** The same as long as the path leads to the same file. */
  readonly identity: string
  /** Another one whenever the file was written to: by a checkpoint, or by somebody who copied over it. */
  readonly stamp: string
  /** Of the write-ahead log and of its index; undefined where there is none. */
  readonly logIdentity: string | undefined
  readonly indexIdentity: string | undefined
}

/** What is at the path; undefined where nothing is. */
export function filesOf(file: string): StoreFiles | undefined {
  const stats = statSync(file, { throwIfNoEntry: false, bigint: true })
  if (stats === undefined) return undefined
  return {
    identity: `${stats.dev} ${stats.ino}`,
    // The time of the last change of its inode, too: a copy that keeps the times of the backup sets the other one back.
    stamp: `${stats.size} ${stats.mtimeNs} ${stats.ctimeNs}`,
    logIdentity: identityOf(logOf(file)),
    indexIdentity: identityOf(indexOf(file)),
  }
}

export function areSame(one: StoreFiles, other: StoreFiles): boolean {
  return isSameFile(one, other) && one.stamp === other.stamp
}

/** Whether SQLite has the same files open as before; it may have written to them. */
export function isSameFile(one: StoreFiles, other: StoreFiles): boolean {
  return (
    one.identity === other.identity &&
    one.logIdentity === other.logIdentity &&
    one.indexIdentity === other.indexIdentity
  )
}

/** Whether something is in the write-ahead log that may not be in the file. */
export function hasLog(file: string): boolean {
  return (statSync(logOf(file), { throwIfNoEntry: false })?.size ?? 0) > 0
}

/** The header of the write-ahead log, which tells one log from the next; undefined where it is empty. */
export function logHeader(file: string): string | undefined {
  if (!hasLog(file)) return undefined
  const header = Buffer.alloc(LOG_HEADER_BYTES)
  const log = openSync(logOf(file), 'r')
  try {
    return header.subarray(0, readSync(log, header)).toString('hex')
  } finally {
    closeSync(log)
  }
}

/** @see https://www.sqlite.org/fileformat2.html#the_write_ahead_log */
const LOG_HEADER_BYTES = 32

/**
 * Makes a store. It comes to its place whole: a file of 0 bytes there is never one that is just being made. Where somebody
 * else was first, theirs stays.
 *
 * @param from what it begins with; left out: no bans
 * @param adopt is called with the file before anything is in it
 */
export function makeDatabase(file: string, from: BanDatabase | undefined, adopt: (made: string) => void): void {
  const making = `${file}.${process.pid}-${Math.random().toString(36).slice(2)}.new`
  closeSync(openSync(making, 'wx', 0o600))
  try {
    adopt(making)
    if (from === undefined) makeEmpty(making)
    else from.copyInto(making)
    sync(making)
    putInPlace(making, file)
    sync(dirname(file))
  } finally {
    for (const end of ['', '-journal']) rmSync(`${making}${end}`, { force: true })
  }
}

function makeEmpty(file: string): void {
  const database = new DatabaseSync(file)
  try {
    makeTables(database)
  } finally {
    database.close()
  }
}

function putInPlace(made: string, file: string): void {
  try {
    linkSync(made, file)
  } catch (error) {
    if (existsSync(file)) return
    // Not every file system has hard links.
    if (errorCodeOf(error) === 'EEXIST') throw error
    renameSync(made, file)
  }
}

function sync(path: string): void {
  const opened = openSync(path, 'r')
  try {
    fsyncSync(opened)
  } finally {
    closeSync(opened)
  }
}

/**
 * Opens the store at the path. It is looked at first without being written to, so that nothing happens to a file that is
 * none of ours.
 *
 * @param report tells the operator what may be missing in it
 * @throws where it is empty, damaged, of another program, or of a later version
 */
export function openDatabase(file: string, report: (message: string) => void): BanDatabase {
  const stats = statSync(file)
  // A FIFO or a device would be waited for without an end.
  if (!stats.isFile()) throw new Error('it is no regular file')
  if (stats.size === 0) throw new Error(EMPTY)
  checkAccess(file, stats.uid)
  // SQLite keeps both beside a store that is in use, and a kill leaves both.
  if (existsSync(indexOf(file)) && !existsSync(logOf(file)))
    report(
      'its write-ahead log (-wal) is gone, and the changes that were only in it; what is in the file itself is in force',
    )
  try {
    inspect(file)
  } catch (error) {
    if (!isDamage(error) || !hasLog(file) || !isWholeWithoutLog(file)) throw error
    const kept = `${logOf(file)}.replaced`
    renameSync(logOf(file), kept)
    rmSync(indexOf(file), { force: true })
    report(`the write-ahead log beside it did not belong to it, and is kept as ${kept}`)
  }
  keepPrivate(file)
  return new BanDatabase(file)
}

/** A store has a header from its first moment. */
const EMPTY = 'it is empty (0 bytes), which a ban store never is; to begin without bans, remove it and start anew'

/** SQLite would only say that it cannot open it. A file that root has restored is the common case. */
function checkAccess(file: string, uid: number): void {
  try {
    accessSync(file, constants.R_OK | constants.W_OK)
  } catch (error) {
    if (errorCodeOf(error) !== 'EACCES') throw error
    throw new Error(
      `this process may not read and write it: it belongs to user ${uid}, and this is user ${process.getuid?.()}`,
    )
  }
}

function inspect(file: string): void {
  // One that only reads also never brings a log of another file into this one when it is closed.
  const database = new DatabaseSync(file, { timeout: BUSY_MS, readOnly: true })
  try {
    checkOwner(database)
    checkWhole(database)
  } catch (error) {
    if (!needsWriting(error)) throw error
  } finally {
    database.close()
  }
}

/**
 * A backup that was put in the place of a store that had crashed has the log of that one beside it. SQLite takes the one for
 * the continuation of the other, and reads something that neither of them was.
 */
function isWholeWithoutLog(file: string): boolean {
  const copy = `${file}.${process.pid}.alone`
  try {
    copyFileSync(file, copy)
    inspect(copy)
    return true
  } catch {
    return false
  } finally {
    for (const end of ['', '-wal', '-shm']) rmSync(`${copy}${end}`, { force: true })
  }
}

/**
 * Closes a database whose place was taken. On its own SQLite would write what is left in its log into the file that is there
 * now, or leave the log beside it, and a log that came with the file would be removed.
 *
 * @param before the files that it had
 * @param header of its log, when it was last looked at
 */
export function leaveDatabase(
  file: string,
  database: BanDatabase,
  before: StoreFiles,
  header: string | undefined,
): void {
  const [log, index] = [logOf(file), indexOf(file)]
  const now = filesOf(file)
  const found = logHeader(file)
  const isOwnLog = now?.logIdentity === before.logIdentity && (found === undefined || found === header)
  if (existsSync(log) && isOwnLog) {
    truncateSync(log, 0)
    database.close()
  } else {
    const aside = `${log}.${process.pid}.aside`
    if (existsSync(log)) renameSync(log, aside)
    database.close()
    if (existsSync(aside)) renameSync(aside, log)
  }
  // Another process may have the file that was copied over open with them, which is no harm as long as they hold nothing.
  if (now?.identity === before.identity && found === undefined) return
  if (isOwnLog) rmSync(log, { force: true })
  if (now?.indexIdentity === before.indexIdentity) rmSync(index, { force: true })
}

/** Bans name people and addresses: nobody else on this machine is to read them. */
export function keepPrivate(file: string): void {
  for (const each of [file, logOf(file), indexOf(file)]) {
    try {
      if ((statSync(each).mode & 0o077) !== 0) chmodSync(each, 0o600)
    } catch {
      // It is not there, or somebody else's, who lets us in on purpose.
    }
  }
}

function logOf(file: string): string {
  return `${file}-wal`
}

function indexOf(file: string): string {
  return `${file}-shm`
}

function identityOf(file: string): string | undefined {
  const stats = statSync(file, { throwIfNoEntry: false })
  return stats === undefined ? undefined : `${stats.dev} ${stats.ino}`
}

function errorCodeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
