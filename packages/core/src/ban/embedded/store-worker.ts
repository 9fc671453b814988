import { closeSync, existsSync, lchownSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { BanDatabase } from './ban-database.ts'
import type { StoreAnswer, StoreRequest, StoreResult, StoreWorkerData } from './messages.ts'

/** How often it is looked whether somebody else has changed the store: it is to be noticed within a second. */
const LOOK_MS = 200

/**
 * The thread that waits for the disk. A file is made with the first ban and not before, so that a proxy that bans
 * nobody leaves nothing behind; one that appears beside it, or takes the place of the old one, is taken over.
 */
class StoreWorker {
  readonly #data: StoreWorkerData
  readonly #send: (answer: StoreAnswer) => void
  #open: { readonly database: BanDatabase; readonly identity: string } | undefined
  #hasTrouble = false
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
      this.#openIfThere()
      this.#purge()
      this.#tellChanges()
      this.#hasTrouble = false
    } catch (error) {
      if (!this.#hasTrouble) this.#send({ kind: 'trouble', cause: textOf(error) })
      this.#hasTrouble = true
    }
  }

  #carryOut(request: StoreRequest): StoreResult {
    switch (request.kind) {
      case 'open':
        this.#openIfThere()
        return { kind: 'done' }
      case 'add': {
        const { bans, by, end, importedFrom } = request
        const added = this.#forWriting().add(bans, by, Date.now(), end, importedFrom)
        this.#tellChanges()
        return { kind: 'added', added }
      }
      case 'remove': {
        this.#openIfThere()
        const bans = this.#open?.database.remove(request.targets, request.by, Date.now()) ?? []
        this.#tellChanges()
        return { kind: 'removed', bans }
      }
      case 'audit':
        this.#openIfThere()
        return { kind: 'audit', entries: this.#open?.database.audit(request.limit, request.target) ?? [] }
      case 'was-imported':
        this.#openIfThere()
        return { kind: 'was-imported', wasImported: this.#open?.database.wasImported(request.file) ?? false }
      case 'close':
        this.#open?.database.close()
        this.#open = undefined
        return { kind: 'done' }
    }
  }

  #openIfThere(): void {
    const identity = identityOf(this.#data.file)
    // A file that is gone may be on its way back from a backup; until then the one that is open goes on to be read.
    if (identity === undefined || identity === this.#open?.identity) return
    this.#reopen()
  }

  #forWriting(): BanDatabase {
    const folder = dirname(this.#data.file)
    // One level: Node never comes back from making the levels of a path that begins in /proc.
    if (!existsSync(folder)) {
      mkdirSync(folder)
      giveToOwnerOf(dirname(folder), folder)
    }
    this.#openIfThere()
    return this.#open !== undefined && identityOf(this.#data.file) === this.#open.identity
      ? this.#open.database
      : this.#reopen()
  }

  #reopen(): BanDatabase {
    this.#open?.database.close()
    this.#open = undefined
    const { file } = this.#data
    if (identityOf(file) === undefined) {
      // Before SQLite makes its other files: they get the owner of this one.
      closeSync(openSync(file, 'a'))
      giveToOwnerOf(dirname(file), file)
    }
    const database = new BanDatabase(file)
    this.#open = { database, identity: identityOf(file) ?? '' }
    this.#send({ kind: 'content', bans: database.all() })
    return database
  }

  #tellChanges(): void {
    if (this.#open === undefined) return
    const { database } = this.#open
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

  #purge(): void {
    const { purgeIntervalMs } = this.#data
    if (purgeIntervalMs === undefined || performance.now() - this.#purgedAt < purgeIntervalMs) return
    this.#purgedAt = performance.now()
    this.#open?.database.purge(Date.now())
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

/** The same as long as the path leads to the same file; undefined where it leads to none. */
function identityOf(file: string): string | undefined {
  const stats = statSync(file, { throwIfNoEntry: false })
  return stats === undefined ? undefined : `${stats.dev} ${stats.ino}`
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
