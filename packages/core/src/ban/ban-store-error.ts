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
  readonly file: string

  constructor(code: BanStoreErrorCode, file: string, cause: string) {
    super(MESSAGES[code](file, cause))
    this.code = code
    this.file = file
  }
}

const MESSAGES: Readonly<Record<BanStoreErrorCode, (file: string, cause: string) => string>> = {
  open: (file, cause) =>
    `ban store ${file} cannot be opened: ${cause}; mend it, put a backup in its place, or name another with file in [ban]`,
  import: (file, cause) => `${file}, the file of [ban], cannot be imported: ${cause}`,
  write: (file, cause) => `ban store ${file} cannot be written: ${cause}`,
  closed: (file, cause) => `ban store ${file} is closed: ${cause}`,
}
