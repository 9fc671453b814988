import { DatabaseSync, type SQLOutputValue, type StatementSync } from 'node:sqlite'
import {
  type AddedBans,
  type AuditEntry,
  type Ban,
  type BanEnd,
  type BanTarget,
  banAgain,
  banKey,
  banTargetType,
  endsEarlier,
  isInForce,
  namesOf,
  withNames,
} from '@infrarust/core/ban-store'
import { BUSY_MS, checkOwner, keepWhatIsAcknowledged, pragma, transaction } from './schema.ts'

/** What other connections have changed since it was last asked. */
export type OutsideChanges =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'changed'; readonly pieces: Iterable<ChangedPiece> }
  /** Somebody has written without an audit trail, or another trail is there, so it is not known what. */
  | { readonly kind: 'unknown' }

/** A place in the audit trail of one store; another store has another entry there, or none. */
export interface TrailMark {
  readonly seq: number
  readonly entry: string
}

/** Some of the changes: read when it is asked for. */
interface ChangedPiece {
  readonly added: readonly Ban[]
  readonly removed: readonly BanTarget[]
}

/** Between the names of one ban, of which a name has none itself. Most bans have one name, and all had once. */
const NAME_SEPARATOR = '\n'

/** Bans in one piece. */
const PIECE = 1_000

/** The file of a store. Everything here waits for the disk, so it belongs into a worker. */
export class BanDatabase {
  readonly #database: DatabaseSync
  readonly #insertBan: StatementSync
  readonly #insertAudit: StatementSync
  readonly #selectBan: StatementSync
  readonly #deleteBan: StatementSync
  /** Up to where the audit trail was followed. */
  #followed: TrailMark
  #dataVersion: unknown

  /**
   * Opens a file that is there.
   *
   * @throws where it cannot be opened or is no store of ours
   */
  constructor(file: string) {
    this.#database = new DatabaseSync(file, { timeout: BUSY_MS })
    try {
      // First: the switch to WAL writes to the file, which may be somebody else's.
      checkOwner(this.#database)
      keepWhatIsAcknowledged(this.#database)
      this.#insertBan = this.#database.prepare(
        'INSERT OR REPLACE INTO bans (key, type, value, player_name, reason, source, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      )
      this.#insertAudit = this.#database.prepare(
        'INSERT INTO audit (at, action, key, type, value, by, reason, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      )
      this.#selectBan = this.#database.prepare('SELECT * FROM bans WHERE key = ?')
      this.#deleteBan = this.#database.prepare('DELETE FROM bans WHERE key = ?')
      this.#dataVersion = pragma(this.#database, 'data_version')
      this.#followed = this.#markAt(this.#lastSeq())
    } catch (error) {
      this.#database.close()
      throw error
    }
  }

  all(): readonly Ban[] {
    return this.#database.prepare('SELECT * FROM bans').all().map(banOf)
  }

  /** @param importedFrom a file of which nothing is added where that was done before */
  add(bans: readonly Ban[], by: string, at: number, end: BanEnd, importedFrom?: string): AddedBans {
    const shortened: Ban[] = []
    const kept: Ban[] = []
    return transaction(this.#database, () => {
      if (importedFrom !== undefined) {
        const marked = this.#database.prepare('INSERT OR IGNORE INTO imports (file, at) VALUES (?, ?)')
        if (marked.run(importedFrom, at).changes === 0) return { shortened, kept }
      }
      for (const ban of bans) {
        const before = this.#inForce(ban.target, at)
        const made = banAgain(ban, before, end)
        this.#insert(made)
        this.#writeDown('ban', made, by, at)
        if (before === undefined) continue
        if (endsEarlier(made, before)) shortened.push(before)
        if (endsEarlier(ban, made)) kept.push(made)
      }
      return { shortened, kept }
    })
  }

  #inForce(target: BanTarget, at: number): Ban | undefined {
    const row = this.#selectBan.get(banKey(target))
    const ban = row === undefined ? undefined : banOf(row)
    return ban !== undefined && isInForce(ban, at) ? ban : undefined
  }

  #insert(ban: Ban): void {
    const { target, reason, source, createdAt, expiresAt } = ban
    const names = namesOf(ban).join(NAME_SEPARATOR) || null
    const { type, value } = target
    this.#insertBan.run(banKey(target), type, value, names, reason ?? null, source, createdAt, expiresAt ?? null)
  }

  remove(targets: readonly BanTarget[], by: string, at: number): readonly Ban[] {
    return transaction(this.#database, () =>
      targets.flatMap((target) => {
        const row = this.#selectBan.get(banKey(target))
        if (row === undefined) return []
        const ban = banOf(row)
        this.#deleteBan.run(banKey(target))
        this.#writeDown('unban', ban, by, at)
        return [ban]
      }),
    )
  }

  /** Takes out what has expired. */
  purge(at: number): void {
    const expired = this.#database.prepare('SELECT * FROM bans WHERE expires_at <= ?')
    // Looked at first without the write lock, which nobody should wait for in vain.
    if (expired.get(at) === undefined) return
    transaction(this.#database, () => {
      for (const ban of expired.all(at).map(banOf)) {
        this.#deleteBan.run(banKey(ban.target))
        this.#writeDown('expired', ban, 'infrarust', at)
      }
    })
  }

  wasImported(file: string): boolean {
    return this.#database.prepare('SELECT 1 FROM imports WHERE file = ?').get(file) !== undefined
  }

  audit(limit: number, target: BanTarget | undefined): readonly AuditEntry[] {
    const key = target === undefined ? null : banKey(target)
    return this.#database
      .prepare('SELECT * FROM audit WHERE key = coalesce(?, key) ORDER BY seq DESC LIMIT ?')
      .all(key, limit)
      .map(auditEntryOf)
  }

  /** Everything that was changed since the last time, by this connection or by another one. */
  follow(): OutsideChanges {
    const dataVersion = pragma(this.#database, 'data_version')
    const wasForeign = dataVersion !== this.#dataVersion
    this.#dataVersion = dataVersion
    const last = this.#lastSeq()
    const before = this.#followed
    const isContinued = last >= before.seq && this.#markAt(before.seq).entry === before.entry
    if (last === before.seq && isContinued) return wasForeign ? { kind: 'unknown' } : { kind: 'nothing' }
    this.#followed = this.#markAt(last)
    if (!isContinued) return { kind: 'unknown' }
    const changed = this.#database
      .prepare('SELECT key, type, value FROM audit WHERE seq > ? AND seq <= ? GROUP BY key')
      .all(before.seq, last)
    return { kind: 'changed', pieces: this.#pieces(changed) }
  }

  /** Whether another connection has committed something since `follow`. What only writes to the file does not count. */
  get hasForeignCommit(): boolean {
    return pragma(this.#database, 'data_version') !== this.#dataVersion
  }

  /** How far `follow` has come, for the next connection to the same store. */
  get mark(): TrailMark {
    return this.#followed
  }

  /** Has `follow` go on from there where this is the same store, a later one included. */
  resumeAt(mark: TrailMark): void {
    if (mark.seq <= this.#followed.seq && this.#markAt(mark.seq).entry === mark.entry) this.#followed = mark
  }

  /**
   * Brings the write-ahead log into the file and empties it, so that the file alone is all of the store.
   *
   * @returns false where somebody reads or writes just now, who is not waited for
   */
  checkpoint(): boolean {
    this.#database.exec('PRAGMA busy_timeout = 0')
    try {
      return this.#database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.busy === 0
    } finally {
      this.#database.exec(`PRAGMA busy_timeout = ${BUSY_MS}`)
    }
  }

  /** Writes all of it, as this connection sees it, into a file that is empty or not there. */
  copyInto(file: string): void {
    this.#database.prepare('VACUUM INTO ?').run(file)
  }

  *#pieces(changed: readonly BanRow[]): Generator<ChangedPiece> {
    for (let from = 0; from < changed.length; from += PIECE) {
      const added: Ban[] = []
      const removed: BanTarget[] = []
      for (const row of changed.slice(from, from + PIECE)) {
        const ban = this.#selectBan.get(textOf(row.key))
        if (ban === undefined) removed.push(targetOf(row))
        else added.push(banOf(ban))
      }
      yield { added, removed }
    }
  }

  close(): void {
    this.#database.close()
  }

  #writeDown(action: AuditEntry['action'], { target, reason, expiresAt }: Ban, by: string, at: number): void {
    const { type, value } = target
    this.#insertAudit.run(at, action, banKey(target), type, value, by, reason ?? null, expiresAt ?? null)
  }

  #markAt(seq: number): TrailMark {
    const row = this.#database.prepare('SELECT at, action, key, by FROM audit WHERE seq = ?').get(seq)
    return { seq, entry: row === undefined ? '' : JSON.stringify([row.at, row.action, row.key, row.by]) }
  }

  #lastSeq(): number {
    return Number(this.#database.prepare('SELECT max(seq) AS seq FROM audit').get()?.seq ?? 0)
  }
}

type BanRow = Readonly<Record<string, SQLOutputValue>>

function banOf(row: BanRow): Ban {
  return {
    target: targetOf(row),
    ...withNames(optionalText(row.player_name)?.split(NAME_SEPARATOR) ?? []),
    reason: optionalText(row.reason),
    source: textOf(row.source),
    createdAt: Number(row.created_at),
    expiresAt: optionalNumber(row.expires_at),
  }
}

function auditEntryOf(row: BanRow): AuditEntry {
  return {
    at: Number(row.at),
    action: row.action === 'ban' ? 'ban' : row.action === 'unban' ? 'unban' : 'expired',
    target: targetOf(row),
    by: textOf(row.by),
    reason: optionalText(row.reason),
    expiresAt: optionalNumber(row.expires_at),
  }
}

function targetOf(row: BanRow): BanTarget {
  const type = banTargetType(row.type)
  if (type === undefined) throw new Error(`it has a ban of an unknown type, ${String(row.type)}`)
  return { type, value: textOf(row.value) }
}

function textOf(value: SQLOutputValue | undefined): string {
  return typeof value === 'string' ? value : String(value)
}

function optionalText(value: SQLOutputValue | undefined): string | undefined {
  return value === null || value === undefined ? undefined : textOf(value)
}

function optionalNumber(value: SQLOutputValue | undefined): number | undefined {
  return value === null || value === undefined ? undefined : Number(value)
}
