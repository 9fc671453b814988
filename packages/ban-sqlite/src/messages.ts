import type { AddedBans, AuditEntry, Ban, BanEnd, BanTarget } from '@infrarust/core/ban-store'

/** What the worker of a store is started with. */
export interface StoreWorkerData {
  readonly file: string
  /** How often expired bans are taken out; undefined: never, they only no longer count. */
  readonly purgeIntervalMs: number | undefined
}

/** What is asked of the worker; each request has its `answer` or `failed`, in order. */
export type StoreRequest = { readonly id: number } & (
  | { readonly kind: 'open' }
  | {
      readonly kind: 'add'
      readonly bans: readonly Ban[]
      readonly by: string
      readonly end: BanEnd
      readonly importedFrom?: string
    }
  | { readonly kind: 'remove'; readonly targets: readonly BanTarget[]; readonly by: string }
  | { readonly kind: 'audit'; readonly limit: number; readonly target: BanTarget | undefined }
  | { readonly kind: 'was-imported'; readonly file: string }
  | { readonly kind: 'close' }
)

export type StoreAnswer =
  | { readonly kind: 'answer'; readonly id: number; readonly result: StoreResult }
  | { readonly kind: 'failed'; readonly id: number; readonly cause: string }
  /** Sent before the answer of the request that made the change. */
  | { readonly kind: 'changed'; readonly added: readonly Ban[]; readonly removed: readonly BanTarget[] }
  /** Everything that is there now: at the start, and whenever the file became another one. */
  | { readonly kind: 'content'; readonly bans: readonly Ban[] }
  /** The file cannot be used, so that the bans read before stay in force; said once until something changes. */
  | { readonly kind: 'trouble'; readonly cause: string }
  /** It is used, and this is to be known about it. */
  | { readonly kind: 'warning'; readonly message: string }

export type StoreResult =
  | { readonly kind: 'done' }
  | { readonly kind: 'added'; readonly added: AddedBans }
  | { readonly kind: 'removed'; readonly bans: readonly Ban[] }
  | { readonly kind: 'audit'; readonly entries: readonly AuditEntry[] }
  | { readonly kind: 'was-imported'; readonly wasImported: boolean }
