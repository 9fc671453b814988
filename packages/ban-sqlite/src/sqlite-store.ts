import { readFileSync, statSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import {
  type AddedBans,
  type AuditEntry,
  type Ban,
  type BanChange,
  type BanEnd,
  BanIndex,
  type BanStore,
  BanStoreError,
  type BanStoreErrorCode,
  type BanStoreOptions,
  type Bans,
  type BanTarget,
  banKey,
  readBanList,
} from '@infrarust/core/ban-store'
import { checkCanBeMade } from './can-be-made.ts'
import type { StoreAnswer, StoreRequest, StoreResult, StoreWorkerData } from './messages.ts'

/** Where the store keeps its bans, and how it is looked after. */
export interface SqliteStoreOptions extends BanStoreOptions {
  /** An SQLite file. One that ends in `.json` is imported once into `bans.db` beside it, and left as it is. */
  readonly file: string
}

/**
 * Opens the store of one machine. There need not be one: it is made with the first ban.
 *
 * @throws {BanStoreError} `open` where it is there and cannot be opened, `import` where its JSON file cannot be read
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<BanStore> {
  const { file } = options
  const isJson = extname(file).toLowerCase() === '.json'
  const database = isJson ? join(dirname(file), 'bans.db') : file
  if (options.mustBeWritable === true) checkCanBeMade(database)
  const store = new SqliteStore(database, options)
  try {
    await store.open()
    if (isJson) await importOnce(store, file)
    return store
  } catch (error) {
    await store.close()
    throw error
  }
}

class SqliteStore implements BanStore {
  readonly #file: string
  readonly #notice: (message: string) => void
  readonly #workerData: StoreWorkerData
  /** From the moment on in which there is a store, or is to be one: a thread of its own is 4 MB and half the start. */
  #worker: Worker | undefined
  #looking: NodeJS.Timeout | undefined
  readonly #index = new BanIndex()
  readonly #listeners: ((change: BanChange) => void)[] = []
  readonly #waiting = new Map<number, Waiting>()
  /** Those that are in force only because the store had none all of a sudden. */
  #kept = new Map<string, Ban>()
  #requests = 0
  #ended: string | undefined

  constructor(file: string, { purgeIntervalMs, notice }: SqliteStoreOptions) {
    this.#file = file
    this.#notice = notice ?? (() => {})
    this.#workerData = { file, purgeIntervalMs }
  }

  get bans(): Bans {
    return this.#index
  }

  async open(): Promise<void> {
    await this.#ask('open', (id) => ({ id, kind: 'open' }), { kind: 'done' })
    if (this.#worker !== undefined) return
    this.#looking = setInterval(() => {
      // Somebody else has made one; the worker takes it over by itself.
      if (!this.#isMissing()) this.#begin()
    }, LOOK_MS)
  }

  async add(bans: readonly Ban[], by: string, end: BanEnd = 'as-given'): Promise<AddedBans> {
    const result = await this.#ask('write', (id) => ({ id, kind: 'add', bans, by, end }))
    return result.kind === 'added' ? result.added : { shortened: [], kept: [] }
  }

  async remove(targets: readonly BanTarget[], by: string): Promise<readonly Ban[]> {
    const result = await this.#ask('write', (id) => ({ id, kind: 'remove', targets, by }), {
      kind: 'removed',
      bans: [],
    })
    return result.kind === 'removed' ? [...result.bans, ...this.#liftKept(targets)] : []
  }

  /** What is in force and not in the store is lifted here. */
  #liftKept(targets: readonly BanTarget[]): readonly Ban[] {
    const kept = targets.filter((target) => this.#kept.delete(banKey(target)))
    const removed = this.#index.remove(kept)
    this.#tell({ added: [], removed })
    return removed
  }

  async audit(limit: number, target?: BanTarget): Promise<readonly AuditEntry[]> {
    const result = await this.#ask('open', (id) => ({ id, kind: 'audit', limit, target }), {
      kind: 'audit',
      entries: [],
    })
    return result.kind === 'audit' ? result.entries : []
  }

  async wasImported(file: string): Promise<boolean> {
    const result = await this.#ask('open', (id) => ({ id, kind: 'was-imported', file }), {
      kind: 'was-imported',
      wasImported: false,
    })
    return result.kind === 'was-imported' && result.wasImported
  }

  /** The same as `add`, unless this file was imported before: then nothing. */
  async import(bans: readonly Ban[], file: string): Promise<void> {
    await this.#ask('write', (id) => ({ id, kind: 'add', bans, by: 'import', end: 'longest', importedFrom: file }))
  }

  onChange(listener: (change: BanChange) => void): void {
    this.#listeners.push(listener)
  }

  async close(): Promise<void> {
    if (this.#ended !== undefined) return
    const worker = this.#worker
    if (worker === undefined) return this.#end('it is closed')
    const exited = new Promise((resolve) => worker.once('exit', resolve))
    await this.#ask('closed', (id) => ({ id, kind: 'close' }))
    await exited
  }

  /** @param withoutStore the answer where there is no store */
  #ask(
    code: BanStoreErrorCode,
    request: (id: number) => StoreRequest,
    withoutStore?: StoreResult,
  ): Promise<StoreResult> {
    if (this.#ended !== undefined) return Promise.reject(new BanStoreError('closed', this.#file, this.#ended))
    if (withoutStore !== undefined && this.#worker === undefined && this.#isMissing())
      return Promise.resolve(withoutStore)
    const worker = this.#begin()
    const id = ++this.#requests
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, fail: (cause) => reject(new BanStoreError(code, this.#file, cause)) })
      worker.postMessage(request(id))
    })
  }

  #begin(): Worker {
    clearInterval(this.#looking)
    if (this.#worker !== undefined) return this.#worker
    // Beside this file, compiled or not.
    const script = new URL(`./store-worker${extname(import.meta.url)}`, import.meta.url)
    const worker = new Worker(script, { workerData: this.#workerData })
    worker.on('message', (answer: StoreAnswer) => this.#take(answer))
    worker.on('error', (error) => this.#end(error instanceof Error ? error.message : String(error)))
    worker.on('exit', () => this.#end('its worker has ended'))
    this.#worker = worker
    return worker
  }

  /** What cannot be looked at is not missing: the worker says what is wrong with it. */
  #isMissing(): boolean {
    try {
      return statSync(this.#file, { throwIfNoEntry: false }) === undefined
    } catch {
      return false
    }
  }

  #take(answer: StoreAnswer): void {
    switch (answer.kind) {
      case 'answer':
        this.#waiting.get(answer.id)?.resolve(answer.result)
        this.#waiting.delete(answer.id)
        return
      case 'failed':
        this.#waiting.get(answer.id)?.fail(answer.cause)
        this.#waiting.delete(answer.id)
        return
      case 'changed':
        for (const target of [...answer.removed, ...answer.added.map((ban) => ban.target)])
          this.#kept.delete(banKey(target))
        // First in, then out: nobody whom another ban still holds is let through between the two.
        this.#tell({ added: this.#index.add(answer.added), removed: this.#index.remove(answer.removed) })
        return
      case 'content':
        this.#takeContent(answer.bans)
        return
      case 'trouble':
        this.#notice(`ban store ${this.#file}: ${answer.cause}; the bans read before stay in force`)
        return
      case 'warning':
        this.#notice(`ban store ${this.#file}: ${answer.message}`)
    }
  }

  /**
   * A store that has lost all its bans without one of them being lifted is more likely a mistake, such as an empty backup,
   * than meant: until the next start nobody is let in by it.
   */
  #takeContent(bans: readonly Ban[]): void {
    if (bans.length === 0 && !this.#index.isEmpty) {
      const all = this.#index.list(Number.NEGATIVE_INFINITY)
      this.#kept = new Map(all.map((ban) => [banKey(ban.target), ban]))
      this.#notice(
        `ban store ${this.#file}: there are no bans in it any more; the ${all.length} read before stay in force until the next start, or until "ban remove" lifts them`,
      )
      return
    }
    for (const { target } of bans) this.#kept.delete(banKey(target))
    this.#tell(this.#index.replace([...bans, ...this.#kept.values()]))
  }

  #tell(change: BanChange): void {
    if (change.added.length === 0 && change.removed.length === 0) return
    for (const listener of this.#listeners) listener(change)
  }

  #end(cause: string): void {
    if (this.#ended !== undefined) return
    clearInterval(this.#looking)
    this.#ended = cause
    for (const { fail } of this.#waiting.values()) fail(cause)
    this.#waiting.clear()
  }
}

/** How often it is looked whether somebody else has made a store: its bans are to be noticed within a second. */
const LOOK_MS = 200

interface Waiting {
  readonly resolve: (result: StoreResult) => void
  readonly fail: (cause: string) => void
}

async function importOnce(store: SqliteStore, file: string): Promise<void> {
  if (await store.wasImported(file)) return
  const text = readIfThere(file)
  if (text === undefined) return
  const { bans, faults } = readBanList(text, Date.now())
  // A ban that is left out silently is a player let in: nothing is imported until all of it can be read.
  if (faults.length > 0) throw new BanStoreError('import', file, faults.slice(0, 3).join('; '))
  await store.import(bans, file)
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new BanStoreError('import', file, error instanceof Error ? error.message : String(error))
  }
}
