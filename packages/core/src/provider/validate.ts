import type { Server } from '../config/server.ts'
import type { Writer } from '../config/table.ts'
import type { ServerDefinition } from './contract.ts'

/** Turns a definition into a server; the one of `config` serves every provider, so that all read the same keys. */
export type ValidateServer = (definition: ServerDefinition, providerName: string, writer: Writer) => ValidatedServer

export type ValidatedServer =
  | { readonly server: Server; readonly warnings?: readonly Problem[] }
  /** At least one. */
  | { readonly problems: readonly Problem[] }

export interface Problem {
  /** The key it is about: `['timeouts', 'connect']`; empty for the whole definition. */
  readonly path: readonly string[]
  /** What is wrong and what is accepted, in one line, without the place. */
  readonly message: string
}
