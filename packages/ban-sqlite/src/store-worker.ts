import { existsSync, lchownSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import type { BanDatabase, TrailMark } from './ban-database.ts'
import {
  areSame,
  filesOf,
  hasLog,
  isSameFile,
  keepPrivate,
  leaveDatabase,
  logHeader,
  makeDatabase,
  openDatabase,
  type StoreFiles,
} from './database-files.ts'
import type { StoreAnswer, StoreRequest, StoreResult, StoreWorkerData } from './messages.ts'
import { isBusy } from './schema.ts'

/** How often it is looked whether somebody else has changed the store: it is to be noticed within a second. */
const LOOK_MS = 200
/** A file that was the same for so long is no longer being copied to its place. */
const SETTLED_MS = 100
/** Whoever copies for longer is seen in the middle of it, and once more at the end. */
const SETTLE_LIMIT_MS = 2_000
/** For so long nothing is said of a file that is gone: some remove the old one before they put the new one there. */
const GONE_MS = 2_000

/** How long a file that cannot be used is left alone, unless it changes: what another process has open may be in its way. */
const RETRY_MS = 5_000

/** The store as it is open. */
interface Open {
  readonly database: BanDatabase
  files: StoreFiles
  /** Of its write-ahead log, where that could not be emptied. */
  logHeader: string | undefined
}

/**
 * The thread that waits for the disk. A file is made with the first ban and not before, so that a proxy that bans
 * nobody leaves nothing behind; one that appears beside it, takes the place of the old one, or is copied over it, is
 * taken over. After each change all of the store is in its one file: a copy of that is a backup, and a write-ahead log
 * that is lost or left behind holds nothing that was acknowledged.
 */
class StoreWorker {
  readonly #data: StoreWorkerData
  readonly #send: (answer: StoreAnswer) => void
  #open: Open | undefined
  /** What is at the path and cannot be taken over. */
  #refused: { readonly files: StoreFiles; readonly error: unknown; readonly at: number } | undefined
  /** How far the changes were followed in a store that is not open any more. */
  #mark: TrailMark | undefined
  /** Whether bans were read from a file: one that is missing is gone then, and not still to be made. */
  #hasRead = false
  #goneSince: number | undefined
  /** What was told last, to be told once. */
  #trouble: string | undefined
  #purgedAt = 0

  constructor(data: StoreWorkerData, send: (answer: StoreAnswer) => void) {
    this.#data = data
    this.#send = send
  }

  answer(request: StoreRequest): void {
    try {
      const result = this.#carryOut(request)
      this.#send({ kind: 'answer', id: request.id, result })
    } catch (error) {
      this.#send({ kind: 'failed', id: request.id, cause: textOf(error) })
    }
  }

  /** Notices what happens beside it. */
  look(): void {
    try {
      const open = this.#upToDate()
      if (open !== undefined) {
        this.#purge(open)
        this.#tellChanges(open)
        if (hasLog(this.#data.file)) this.#checkpoint(open)
      }
      this.#lookForFile()
    } catch (error) {
      this.#tellTrouble(textOf(error))
    }
  }

  #carryOut(request: StoreRequest): StoreResult {
    switch (request.kind) {
      case 'open':
        this.#upToDate()
        return { kind: 'done' }
      case 'add': {
        const { bans, by, end, importedFrom } = request
        const open = this.#forWriting()
        const added = open.database.add(bans, by, Date.now(), end, importedFrom)
        this.#finish(open)
        return { kind: 'added', added }
      }
      case 'remove': {
        const open = this.#hasRead ? this.#forWriting() : this.#upToDate()
        if (open === undefined) return { kind: 'removed', bans: [] }
        const bans = open.database.remove(request.targets, request.by, Date.now())
        this.#finish(open)
        return { kind: 'removed', bans }
      }
      case 'audit':
        return { kind: 'audit', entries: this.#upToDate()?.database.audit(request.limit, request.target) ?? [] }
      case 'was-imported':
        return { kind: 'was-imported', wasImported: this.#upToDate()?.database.wasImported(request.file) ?? false }
      case 'close':
        this.#close()
        return { kind: 'done' }
    }
  }

  /** What this worker has changed is told and in the file before it is acknowledged. */
  #finish(open: Open): void {
    this.#tellChanges(open)
    this.#checkpoint(open)
  }

  /**
   * The store that is at the path now; undefined where there is none. A file that is gone may be on its way back from a
   * backup; until then the one that is open goes on to be read.
   *
   * @throws where it cannot be taken over
   */
  #upToDate(): Open | undefined {
    const files = filesOf(this.#data.file)
    if (files === undefined) return this.#open
    const refused = this.#refused
    if (refused !== undefined && areSame(files, refused.files) && performance.now() - refused.at < RETRY_MS)
      throw refused.error
    const open = this.#open
    if (open === undefined) return this.#takeOver(this.#hasRead ? this.#settled() : files)
    if (areSame(files, open.files)) return open
    if (isSameFile(files, open.files) && wroteBySqlite(open)) {
      open.files = files
      return open
    }
    return this.#takeOver(this.#settled())
  }

  /** @throws where the bans that there are have no file that they could be written to */
  #forWriting(): Open {
    const { file } = this.#data
    const folder = dirname(file)
    // One level: Node never comes back from making the levels of a path that begins in /proc.
    if (!existsSync(folder)) {
      mkdirSync(folder, { mode: 0o700 })
      giveToOwnerOf(dirname(folder), folder)
    }
    if (filesOf(file) === undefined) {
      if (this.#open === undefined && this.#hasRead) throw new Error(GONE)
      // One that was removed under a running proxy is made again with all that was in it.
      makeDatabase(file, this.#open?.database, (made) => giveToOwnerOf(folder, made))
    }
    const open = this.#upToDate()
    if (open === undefined) throw new Error(GONE)
    return open
  }

  #takeOver(files: StoreFiles): Open {
    const { file } = this.#data
    const before = this.#open
    this.#open = undefined
    this.#mark = before?.database.mark ?? this.#mark
    if (before !== undefined) leaveDatabase(file, before.database, before.files, before.logHeader)
    try {
      const database = openDatabase(file, (message) => this.#send({ kind: 'warning', message }))
      const open: Open = { database, files, logHeader: undefined }
      this.#open = open
      this.#refused = undefined
      this.#hasRead = true
      this.#trouble = undefined
      // The same store, later: what was changed in it is told as that, and a ban that was lifted is no ban that is missing.
      if (this.#mark !== undefined) database.resumeAt(this.#mark)
      this.#tellChanges(open)
      this.#send({ kind: 'content', bans: database.all() })
      this.#checkpoint(open)
      return open
    } catch (error) {
      if (!isBusy(error)) this.#refused = { files, error, at: performance.now() }
      throw error
    }
  }

  /** What is at the path as soon as nobody is at it any more. */
  #settled(): StoreFiles {
    const { file } = this.#data
    const until = performance.now() + SETTLE_LIMIT_MS
    for (let seen = filesOf(file); ; ) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SETTLED_MS)
      const files = filesOf(file)
      if (files === undefined) throw new Error(GONE)
      if (seen !== undefined && (areSame(files, seen) || performance.now() > until)) return files
      seen = files
    }
  }

  /** Brings what is in the log into the file; somebody who is reading makes that wait for the next look. */
  #checkpoint(open: Open): void {
    try {
      open.database.checkpoint()
    } catch (error) {
      // What is in the log is kept, and read from there.
      this.#tellTrouble(`its write-ahead log cannot be brought into it: ${textOf(error)}`)
    }
    keepPrivate(this.#data.file)
    open.files = filesOf(this.#data.file) ?? open.files
    open.logHeader = logHeader(this.#data.file)
  }

  #lookForFile(): void {
    if (!this.#hasRead || filesOf(this.#data.file) !== undefined) {
      if (this.#goneSince !== undefined) this.#trouble = undefined
      this.#goneSince = undefined
      return
    }
    this.#goneSince ??= performance.now()
    if (performance.now() - this.#goneSince >= GONE_MS) this.#tellTrouble(GONE)
  }

  #tellTrouble(cause: string): void {
    if (this.#trouble !== cause) this.#send({ kind: 'trouble', cause })
    this.#trouble = cause
  }

  #close(): void {
    const open = this.#open
    this.#open = undefined
    if (open === undefined) return
    const { file } = this.#data
    const files = filesOf(file)
    const isOwn = files !== undefined && isSameFile(files, open.files)
    if (isOwn && (areSame(files, open.files) || wroteBySqlite(open))) {
      this.#checkpoint(open)
      open.database.close()
    } else leaveDatabase(file, open.database, open.files, open.logHeader)
  }

  #tellChanges({ database }: Open): void {
    const foreign = database.follow()
    switch (foreign.kind) {
      case 'nothing':
        return
      case 'changed':
        // The next piece is read while the main thread takes one in: an import keeps no connection waiting for long.
        for (const piece of foreign.pieces) this.#send({ kind: 'changed', ...piece })
        return
      case 'unknown':
        this.#send({ kind: 'content', bans: database.all() })
        return
    }
  }

  #purge({ database }: Open): void {
    const { purgeIntervalMs } = this.#data
    if (purgeIntervalMs === undefined || performance.now() - this.#purgedAt < purgeIntervalMs) return
    this.#purgedAt = performance.now()
    database.purge(Date.now())
  }
}

/**
 * What root makes in somebody's folder is that user's: a command may be run as root before the proxy has ever run as a user
 * of its own, which could not open the store, and would not start.
 */
function giveToOwnerOf(folder: string, made: string): void {
  if (process.geteuid?.() !== 0) return
  const { uid, gid } = statSync(folder)
  if (uid !== 0) lchownSync(made, uid, gid)
}

const GONE = 'it is gone; put a backup in its place, or start the proxy anew to begin without bans'

/** Whether another process has committed something, which is why the file may have changed: that needs nothing but reading. */
function wroteBySqlite({ database }: Open): boolean {
  try {
    return database.hasForeignCommit
  } catch {
    // Whoever copied over it has left pages that do not go with those that were read.
    return false
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function serve(port: MessagePort, data: StoreWorkerData): void {
  const worker = new StoreWorker(data, (answer) => port.postMessage(answer))
  const looking = setInterval(() => worker.look(), LOOK_MS)
  port.on('message', (request: StoreRequest) => {
    worker.answer(request)
    if (request.kind !== 'close') return
    clearInterval(looking)
    port.close()
  })
}

if (parentPort !== null) serve(parentPort, workerData)
