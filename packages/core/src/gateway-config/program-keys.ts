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
  readonly check?: (config: GatewayConfig & Own) => readonly Problem[]
}
