import type { ServerRateLimitConfig } from '@infrarust/core'
import { connectionsThatFit } from '../proxy/descriptors.ts'
import type { LiveProxy } from './live-proxy.ts'

/** A key with its value. */
export type Limit = readonly [key: string, value: number]

/** Every limit, in the names of the configuration; 0 is one that is off. */
export function* limitsInForce(proxy: Pick<LiveProxy, 'config' | 'registry'>): Generator<Limit> {
  const { rateLimit, maxConnections } = proxy.config()
  yield ['max_connections', maxConnections === 0 ? connectionsThatFit() : maxConnections]
  yield* rateLimits('rate_limit', rateLimit)
  yield ['rate_limit.max_pending', rateLimit.maxPending]
  for (const { id, maxPlayers, rateLimit: own } of proxy.registry.servers) {
    if (maxPlayers > 0) yield [`${id}.max_players`, maxPlayers]
    yield* rateLimits(`${id}.rate_limit`, own)
  }
}

/** Of a server only what it says itself. */
function* rateLimits(table: string, config: ServerRateLimitConfig): Generator<Limit> {
  const all: readonly (readonly [key: string, value: number | undefined])[] = [
    ['max_connections', config.maxConnections],
    ['window_ms', config.windowMs],
    ['status_max', config.statusMax],
    ['status_window_ms', config.statusWindowMs],
    ['max_concurrent', config.maxConcurrent],
    ['accept_rate', config.acceptRate],
  ]
  for (const [key, value] of all) if (value !== undefined) yield [`${table}.${key}`, value]
}
