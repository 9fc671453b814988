/** One server as its source describes it, not validated yet. */
export interface ServerDefinition {
  /** Which one it is, unique within the provider and stable over time; the default of `values.id`. */
  readonly key: string
  /** Where it comes from, as the operator knows it: `servers/survival.toml`, `container "lobby"`. */
  readonly source: string
  /** Absolute: where the relative paths in `values` begin. Without it they begin at the folder of `infrarust.toml`. */
  readonly folder?: string
  /** The keys and values of a server's TOML file: `{ domains: ['a.example.com'], addresses: ['10.0.1.5:25565'] }`. */
  readonly values: Readonly<Record<string, unknown>>
  /** Paths of values that no message and no answer may show, such as `[['motd', 'online']]`. */
  readonly withheld?: readonly (readonly string[])[]
  /** Changes with what the values only name, such as the content of a picture: the same values are then read again. */
  readonly version?: string
  /** What the provider itself found wrong while reading; a definition with any is rejected like an invalid one. */
  readonly problems?: readonly string[]
  /**
   * Where this is false, a definition with problems takes its last good version away with it: what was allowed once is not
   * any more. Default true.
   */
  readonly keepsLastGood?: boolean
  /** Turns the path of a key into a place for messages (`servers/a.toml:4:1`); `source` is used without it. */
  readonly locate?: (path: readonly string[]) => string
  /** `starting` and `offline` servers are answered for, never dialled, and do not compete for a domain. Default `online`. */
  readonly state?: 'online' | 'starting' | 'offline'
  /** What lines about it are counted under, such as its container; `source` is used without it. */
  readonly about?: string
  /**
   * Whether the operator has allowed this provider to have players announced to its servers, as `[forwarding]` or their own
   * `forwarding_mode` says. The files of the operator need no such leave. Default false.
   */
  readonly mayBeForwarded?: boolean
  /** Where two definitions claim one domain or id, the lower number wins (a creation time); then provider and key order. */
  readonly precedence?: number
}
