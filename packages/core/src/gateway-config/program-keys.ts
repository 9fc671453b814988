import type { KeyTable } from '../config/key-table.ts'
import type { Problem } from '../config/problem.ts'
import type { BuiltInProvider } from '../provider/built-in.ts'
import type { GatewayConfig } from './gateway-config.ts'

/** What a program adds to `infrarust.toml`. */
export interface ProgramKeys<Own> {
  /** Tables of its own, such as `[log]`: what they say stands beside what the gateway takes. */
  readonly tables?: KeyTable<Own>
  /** Each has a table that turns it on. */
  readonly builtIn?: readonly BuiltInProvider[]
  /** What no single key can see, such as a port that is taken twice. */
  readonly check?: (config: GatewayConfig & Own, isAttempted: IsAttempted) => readonly Problem[]
}

/**
 * Whether a key is written at this path, or something that was probably meant to be it. What is wrong with it has been told:
 * a check that misses the key says nothing then.
 */
export type IsAttempted = (path: readonly string[]) => boolean
