/**
 * - `open`: the store is there and cannot be opened; nobody may serve players without it
 * - `import`: the `bans.json` that it is to begin with cannot be read
 * - `write`: it is open, and this change was not made
 * - `closed`: it was closed, or its worker has ended
 */
export type BanStoreErrorCode = 'open' | 'import' | 'write' | 'closed'

/** A ban store that cannot be opened, read or written. `code` says which; the message names the store and the cause. */
export class BanStoreError extends Error {
  override readonly name = 'BanStoreError'
  readonly code: BanStoreErrorCode
  /** The place that the store was to be opened at: a path, or the address of a server. */
  readonly where: string

  constructor(code: BanStoreErrorCode, where: string, cause: string) {
    super(MESSAGES[code](where, cause))
    this.code = code
    this.where = where
  }
}

const MESSAGES: Readonly<Record<BanStoreErrorCode, (where: string, cause: string) => string>> = {
  open: (where, cause) =>
    `ban store ${where} cannot be opened: ${cause}; mend it, put a backup in its place, or name another with file in [ban]`,
  import: (where, cause) => `${where}, the file of [ban], cannot be imported: ${cause}`,
  write: (where, cause) => `ban store ${where} cannot be written: ${cause}`,
  closed: (where, cause) => `ban store ${where} is closed: ${cause}`,
}
