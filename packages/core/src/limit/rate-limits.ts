import { clientKey } from '../addresses/client-key.ts'
import { AddressSets } from '../filter/address-sets.ts'
import type { ClientFacts, IntentFacts, Refusal } from '../policy/facts.ts'
import type { Policy } from '../policy/policy.ts'
import type { AccessRecord } from '../record/access-record.ts'
import { ConnectionMap } from '../transport/connection-map.ts'
import { ClientHash } from './client-hash.ts'
import type { LimitedServer, RateLimitConfig, ServerLimits } from './rate-limit-keys.ts'
import { Second } from './second.ts'
import { SessionCounts } from './session-counts.ts'
import { WindowTable } from './window-table.ts'

const RATE_LIMITED: Refusal = { reason: 'rate_limited' }

/**
 * `[rate_limit]`: budgets for logins and for pings, sessions at the same time, connections a second. Stands behind filters
 * and bans in the list of policies: what they refuse is never counted, and what one of them refuses later is given back.
 */
export class RateLimits implements Policy<LimitedServer> {
  readonly name = 'rate limits'
  readonly #sets = new AddressSets()
  readonly #hash = new ClientHash()
  readonly #logins = new WindowTable()
  readonly #pings = new WindowTable()
  readonly #sessions = new SessionCounts()
  readonly #second = new Second()
  readonly #secondOf = new Map<string, Second>()
  /** Hashes under which logins were counted that may still be refused by name. */
  readonly #counted = new ConnectionMap<Uint32Array>()
  #config: RateLimitConfig

  constructor(config: RateLimitConfig) {
    this.#config = config
  }

  /** Takes effect for the next question; what was counted stays counted. */
  use(config: RateLimitConfig): void {
    this.#config = config
  }

  /** What the windows of all clients take. */
  get bytes(): number {
    return this.#logins.bytes + this.#pings.bytes
  }

  admitClient({ client, isHealthCheck, at }: ClientFacts): Refusal | undefined {
    const { acceptRate, exempt } = this.#config
    if (acceptRate === 0 || isHealthCheck || this.#sets.has(exempt, client.address)) return undefined
    return this.#second.take(acceptRate, at) ? undefined : RATE_LIMITED
  }

  admitToServer(client: ClientFacts, { intent }: IntentFacts, server: LimitedServer | undefined): Refusal | undefined {
    const limits = limitsFor(server, this.#config)
    if (client.isHealthCheck || this.#sets.has(limits.exempt, client.client.address)) return undefined
    if (!this.#takeSecond(server, client.at)) return RATE_LIMITED
    const isPing = intent === 'status' || intent === 'legacy_status'
    return (isPing ? this.#takePing(client, server, limits) : this.#takeLogin(client, server, limits))
      ? undefined
      : RATE_LIMITED
  }

  /** A ban by name is found after the login was counted. */
  refused({ id }: ClientFacts, { reason }: Refusal): void {
    const hash = this.#counted.get(id)
    if (hash === undefined || (reason !== 'banned' && reason !== 'filtered')) return
    this.#logins.giveBack(hash)
    this.#counted.delete(id)
  }

  released({ id }: ClientFacts, _: AccessRecord): void {
    this.#sessions.remove(id)
    this.#counted.delete(id)
  }

  #takePing({ client, at }: ClientFacts, server: LimitedServer | undefined, limits: ServerLimits): boolean {
    if (limits.statusMax === 0) return true
    const own = server?.rateLimit
    const isOwn = own?.statusMax !== undefined || own?.statusWindowMs !== undefined
    const hash = this.#hash.of(client.address, prefixesOf(limits), isOwn ? (server?.id ?? '') : '')
    return this.#pings.take(hash, limits.statusMax, limits.statusWindowMs, at)
  }

  #takeLogin({ id, client, at }: ClientFacts, server: LimitedServer | undefined, limits: ServerLimits): boolean {
    const key = clientKey(client.address, prefixesOf(limits))
    if (limits.maxConcurrent > 0) {
      const isOwn = server?.rateLimit.maxConcurrent !== undefined
      if (this.#sessions.of(key, isOwn ? server.id : undefined) >= limits.maxConcurrent) return false
    }
    if (limits.maxConnections > 0) {
      const own = server?.rateLimit
      const isOwn = own?.maxConnections !== undefined || own?.windowMs !== undefined
      const hash = this.#hash.of(client.address, prefixesOf(limits), isOwn ? (server?.id ?? '') : '')
      if (!this.#logins.take(hash, limits.maxConnections, limits.windowMs, at)) return false
      this.#counted.set(id, hash.slice())
    }
    // Counted without a limit too: one that is set while the proxy runs finds the sessions that are there.
    this.#sessions.add(id, key, server?.id)
    return true
  }

  #takeSecond(server: LimitedServer | undefined, at: number): boolean {
    const rate = server?.rateLimit.acceptRate ?? 0
    if (server === undefined || rate === 0) return true
    let second = this.#secondOf.get(server.id)
    if (second === undefined) {
      second = new Second()
      this.#secondOf.set(server.id, second)
    }
    return second.take(rate, at)
  }
}

/** The numbers that hold for one server: its own, key by key, else the gateway's. */
function limitsFor(server: LimitedServer | undefined, global: ServerLimits): ServerLimits {
  if (server === undefined) return global
  const own = server.rateLimit
  return {
    maxConnections: own.maxConnections ?? global.maxConnections,
    windowMs: own.windowMs ?? global.windowMs,
    statusMax: own.statusMax ?? global.statusMax,
    statusWindowMs: own.statusWindowMs ?? global.statusWindowMs,
    maxConcurrent: own.maxConcurrent ?? global.maxConcurrent,
    acceptRate: own.acceptRate ?? 0,
    exempt: own.exempt ?? global.exempt,
    ipv4Prefix: own.ipv4Prefix ?? global.ipv4Prefix,
    ipv6Prefix: own.ipv6Prefix ?? global.ipv6Prefix,
  }
}

function prefixesOf({ ipv4Prefix, ipv6Prefix }: ServerLimits): { readonly ipv4: number; readonly ipv6: number } {
  return { ipv4: ipv4Prefix, ipv6: ipv6Prefix }
}
