import type { Cidr } from '@infrarust/proxy-protocol'
import type { Feature } from '../config/feature.ts'
import { type Key, type KeyTable, keyTable } from '../config/key-table.ts'
import { duration } from '../config/values/duration.ts'
import { list } from '../config/values/list.ts'
import { network } from '../config/values/network.ts'
import { boolean, integer } from '../config/values/plain.ts'

/** `[rate_limit]` of `infrarust.toml`. A number of 0 switches its limit off. */
export interface RateLimitConfig {
  /** Logins of one client in a window. */
  readonly maxConnections: number
  readonly windowMs: number
  /** Server list pings of one client in a window. */
  readonly statusMax: number
  readonly statusWindowMs: number
  /** Logins and sessions of one client at the same time. */
  readonly maxConcurrent: number
  /** Connections of one client at the same time that have not said all they have to say. */
  readonly maxPending: number
  /** Connections a second, of all clients. */
  readonly acceptRate: number
  /** Whom nothing of this concerns. */
  readonly exempt: readonly Cidr[]
  /** How much of an address names one client, in bits. */
  readonly ipv4Prefix: number
  readonly ipv6Prefix: number
}

/** What the table says: with `enabled = false` every number of `RateLimitConfig` that limits something is 0. */
export interface RateLimitFile extends RateLimitConfig {
  readonly isEnabled: boolean
}

/** What can be another for each server: it is not known yet which one those mean that `maxPending` is about. */
export type ServerLimits = Omit<RateLimitConfig, 'maxPending'>

/** `[rate_limit]` of a server. What is undefined takes the gateway's value, so that a reload of that reaches every server. */
export type ServerRateLimitConfig = { readonly [Field in keyof ServerLimits]: ServerLimits[Field] | undefined }

/** What a server says about its limits. */
export interface ServerWithLimits {
  readonly rateLimit: ServerRateLimitConfig
}

/** What `[rate_limit]` is about in a server. */
export interface LimitedServer extends ServerWithLimits {
  readonly id: string
}

/** What `infrarust.toml` says about the limits of the whole gateway. */
export interface LimitedGatewayFile {
  readonly rateLimit: RateLimitFile
}

const MOST = 1_000_000

const maxConnections: Key<number> = {
  kind: 'key',
  from: 'anyone',
  name: 'max_connections',
  type: integer({ min: 0, max: MOST }),
  default: 3,
  description: 'Logins of one client in a window; 0 switches this budget off.',
  example: 5,
  reload: 'live',
}

const windowMs: Key<number> = {
  kind: 'key',
  from: 'anyone',
  name: 'window',
  type: duration({ minMs: 1 }),
  default: '10s',
  description: 'The window of `max_connections`. It begins with the first login that is counted.',
  example: '10s',
  reload: 'live',
}

const statusMax: Key<number> = {
  kind: 'key',
  from: 'anyone',
  name: 'status_max',
  type: integer({ min: 0, max: MOST }),
  default: 30,
  description: 'Server list pings of one client in a window, legacy ones included; 0 switches this budget off.',
  example: 50,
  reload: 'live',
}

const statusWindowMs: Key<number> = {
  kind: 'key',
  from: 'anyone',
  name: 'status_window',
  type: duration({ minMs: 1 }),
  default: '10s',
  description: 'The window of `status_max`.',
  example: '10s',
  reload: 'live',
}

const maxConcurrent: Key<number> = {
  kind: 'key',
  from: 'anyone',
  name: 'max_concurrent',
  type: integer({ min: 0, max: MOST }),
  default: 0,
  description: 'Sessions of one client at the same time, logins on their way included; 0 is no limit.',
  example: 4,
  reload: 'live',
}

const maxPending: Key<number> = {
  kind: 'key',
  from: 'operator',
  name: 'max_pending',
  type: integer({ min: 0, max: MOST }),
  default: 32,
  description:
    'Connections of one client at the same time that have not said yet what they want; of more, its oldest is closed. 0 is no limit.',
  example: 64,
  reload: 'live',
}

const acceptRate: Key<number> = {
  kind: 'key',
  from: 'anyone',
  name: 'accept_rate',
  type: integer({ min: 0, max: MOST }),
  default: 0,
  description: 'Connections a second, of all clients together; 0 is no limit.',
  example: 200,
  reload: 'live',
}

const exempt: Key<readonly Cidr[]> = {
  kind: 'key',
  from: 'anyone',
  name: 'exempt',
  type: list(network, 'networks'),
  default: [],
  description: 'Clients that nothing of this concerns: addresses and networks.',
  example: ['192.0.2.10', '2001:db8::/32'],
  reload: 'live',
}

const ipv4Prefix: Key<number> = {
  kind: 'key',
  from: 'anyone',
  name: 'ipv4_prefix',
  type: integer({ min: 1, max: 32 }),
  default: 32,
  description: 'How many bits of an IPv4 address name one client.',
  example: 24,
  reload: 'live',
}

const ipv6Prefix: Key<number> = {
  kind: 'key',
  from: 'anyone',
  name: 'ipv6_prefix',
  type: integer({ min: 1, max: 128 }),
  default: 64,
  description: 'How many bits of an IPv6 address name one client. Whoever has one address has a /64 of them.',
  example: 56,
  reload: 'live',
}

const rateLimitKeys: KeyTable<RateLimitFile> = keyTable<RateLimitFile>({
  isEnabled: {
    kind: 'key',
    from: 'operator',
    name: 'enabled',
    type: boolean,
    default: true,
    description: '`false` switches all limits of this table off.',
    example: false,
    reload: 'live',
  },
  maxConnections,
  windowMs,
  statusMax,
  statusWindowMs,
  maxConcurrent,
  maxPending,
  acceptRate,
  exempt,
  ipv4Prefix,
  ipv6Prefix,
})

const serverRateLimitKeys: KeyTable<ServerRateLimitConfig> = keyTable<ServerRateLimitConfig>({
  maxConnections: inherited(maxConnections),
  windowMs: inherited(windowMs),
  statusMax: inherited(statusMax),
  statusWindowMs: inherited(statusWindowMs),
  maxConcurrent: inherited(maxConcurrent),
  // The global one is asked before it is known where a connection goes, so it cannot be replaced.
  acceptRate: {
    ...acceptRate,
    default: undefined,
    absent: 'no limit of its own',
    description: 'Connections a second to this server, of all clients together; the global one comes on top.',
  },
  exempt: inherited(exempt),
  ipv4Prefix: inherited(ipv4Prefix),
  ipv6Prefix: inherited(ipv6Prefix),
})

function inherited<T>(key: Key<T>): Key<T | undefined> {
  const { kind, from, name, type, description, example, reload } = key
  return {
    kind,
    from,
    name,
    type,
    default: undefined,
    absent: `\`${name}\` of the global \`[rate_limit]\``,
    description,
    example,
    reload,
  }
}

/** `[rate_limit]`, in both files. */
export const rateLimit: Feature<LimitedGatewayFile, ServerWithLimits> = {
  gateway: keyTable<LimitedGatewayFile>({
    rateLimit: {
      kind: 'table',
      name: 'rate_limit',
      description: 'Limits per client address.',
      table: rateLimitKeys,
    },
  }),
  server: keyTable<ServerWithLimits>({
    rateLimit: {
      kind: 'table',
      name: 'rate_limit',
      description: 'Replaces the global `[rate_limit]` for this server, key by key.',
      table: serverRateLimitKeys,
    },
  }),
}

/** What the numbers of a table amount to, its `enabled` included. */
export function limitsInForce({ isEnabled, ...limits }: RateLimitFile): RateLimitConfig {
  return isEnabled
    ? limits
    : { ...limits, maxConnections: 0, statusMax: 0, maxConcurrent: 0, maxPending: 0, acceptRate: 0 }
}
