import type { Writer } from '../config/key-table.ts'
import type { Problem } from '../config/problem.ts'
import type { ServerDefinition } from './definition.ts'
import type { Server } from './server.ts'

/** Turns a definition into a server; the one of `config` serves every provider, so that all read the same keys. */
export type ValidateServer = (definition: ServerDefinition, providerName: string, writer?: Writer) => ValidatedServer

/** A server that may be served, or what is wrong with its definition. */
export type ValidatedServer =
  | { readonly server: Server; readonly warnings?: readonly Problem[] }
  /** At least one. */
  | { readonly problems: readonly Problem[] }
