/** What `infrarust providers` shows of one provider. */
export interface ProviderStatus {
  readonly name: string
  /** `waiting`: no list yet. `failing`: its source cannot be read, its last list (if any) is served. */
  readonly state: 'waiting' | 'serving' | 'failing'
  /** Whether it has ever given a list: one that fails may still serve its last one. */
  readonly hasList: boolean
  /** Ids of its good servers, those that lost a conflict included. */
  readonly servers: readonly string[]
  /** Why definitions of the latest list were rejected, a line each. */
  readonly problems: readonly string[]
  /** Those in which one of its servers takes part, a line each. */
  readonly conflicts: readonly string[]
  /** `at` is epoch milliseconds. */
  readonly lastError: { readonly message: string; readonly at: number } | undefined
}
