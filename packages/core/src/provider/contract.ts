import type { Writer } from '../config/key-table.ts'
import type { ServerDefinition } from '../server/definition.ts'

/**
 * What a provider is: a name and `start`. On every change it lists its source again and emits all of it; it never
 * patches, never decides and never sees the router. The registry validates, keeps the last good definition of each
 * server, settles conflicts and swaps the routing table in one step.
 */
export interface Provider {
  /** What logs and `infrarust providers` call it; one that `infrarust.toml` names is called by its `use` there. */
  readonly name: string
  /**
   * Who decides what its definitions say. `operator`: whoever may write them may write the configuration. Absent means
   * `anyone`, who cannot name a file. What `infrarust.toml` loads by its path is always the latter.
   */
  readonly writer?: Writer
  /**
   * Watches the source until `signal` aborts; emits after that are ignored. Returning (or resolving) early is fine for a
   * source that never changes. A throw or a rejection keeps the last list and starts the provider again with back-off.
   */
  start(emit: (emission: Emission) => void, signal: AbortSignal): void | Promise<void>
}

/** What a provider says: all its servers, or why it cannot list them. */
export type Emission =
  /** Every server of this provider, a complete snapshot. An empty list empties the table. */
  | { readonly servers: readonly ServerDefinition[]; readonly diagnostics?: readonly Diagnostic[] }
  /** The source cannot be read now: the last list stays, the text goes to the log; of an error all that caused it. */
  | { readonly error: string | Error }

/** Something the operator should read; one line, naming the place and the remedy. */
export interface Diagnostic {
  /** What it is about, such as the container: the lines about one thing are bounded. */
  readonly about?: string
  readonly level: 'info' | 'warn' | 'error'
  readonly message: string
}
