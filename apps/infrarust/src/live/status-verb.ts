import { cidrText, type LiveConnection, type ServerRateLimitConfig } from '@infrarust/core'
import type { Verb } from '../control/verb.ts'
import { connectionsThatFit } from '../proxy/descriptors.ts'
import type { LiveProxy } from './live-proxy.ts'
import { countBy, isSession } from './sessions.ts'

/** One line about the proxy as a whole, a listener, a provider, a server, a limit or a problem. */
export type StatusLine =
  | {
      readonly kind: 'proxy'
      readonly pid: number
      readonly started_at: string
      readonly transport: 'node' | 'native'
      readonly log_level: string
      readonly connections: number
      readonly sessions: number
    }
  | {
      readonly kind: 'listener'
      readonly name: string
      readonly proxy_protocol: 'off' | 'required' | 'optional'
      /** Null: everybody. The first hundred. */
      readonly trusted: readonly string[] | null
      readonly connections: number
      /** The latest first. */
      readonly headers: readonly {
        readonly peer: string
        readonly header: string
        readonly count: number
        readonly last_at: string
      }[]
    }
  | { readonly kind: 'provider'; readonly name: string; readonly state: string; readonly servers: number }
  | {
      readonly kind: 'server'
      readonly id: string
      readonly state: 'online' | 'starting' | 'offline'
      readonly provider: string
      readonly sessions: number
    }
  | { readonly kind: 'limit'; readonly key: string; readonly value: number }
  /** An address that did not answer a connect, and is dialled behind the others until then. */
  | { readonly kind: 'slow_endpoint'; readonly endpoint: string; readonly retry_in_ms: number }
  /** A file that is not in force as it is written. */
  | { readonly kind: 'problem'; readonly text: string }

/** As many peers as fit a screen. */
const MAX_HEADERS = 16
/** An answer of the socket is one line. */
const MAX_TRUSTED = 100

/** What this process is, listens on, serves and enforces. */
export function statusVerb(proxy: LiveProxy): Verb {
  return {
    name: 'status',
    async *run() {
      const live = proxy.gateway.live()
      yield proxyLine(proxy, live)
      yield* listenerLines(proxy, live)
      for (const { name, state, servers } of proxy.registry.status())
        yield { kind: 'provider', name, state, servers: servers.length } satisfies StatusLine
      const sessions = countBy(live.filter(isSession), ({ server }) => server)
      for (const { id, state, provider } of proxy.registry.servers)
        yield { kind: 'server', id, state, provider, sessions: sessions.get(id) ?? 0 } satisfies StatusLine
      yield* limitLines(proxy)
      for (const { endpoint, retryInMs } of proxy.gateway.slowEndpoints())
        yield { kind: 'slow_endpoint', endpoint, retry_in_ms: retryInMs } satisfies StatusLine
      for (const text of proxy.problems()) yield { kind: 'problem', text } satisfies StatusLine
    },
  }
}

function proxyLine({ startedAt, transport, logger }: LiveProxy, live: readonly LiveConnection[]): StatusLine {
  return {
    kind: 'proxy',
    pid: process.pid,
    started_at: new Date(startedAt).toISOString(),
    transport: transport.kind,
    log_level: logger.level,
    connections: live.length,
    sessions: live.filter(isSession).length,
  }
}

function* listenerLines({ config, seenHeaders }: LiveProxy, live: readonly LiveConnection[]): Generator<StatusLine> {
  const connections = countBy(live, ({ listener }) => listener)
  for (const { name, proxyProtocol } of config().listeners) {
    const headers = seenHeaders.of(name, live).slice(0, MAX_HEADERS)
    yield {
      kind: 'listener',
      name,
      proxy_protocol: proxyProtocol.mode,
      trusted: proxyProtocol.trusted?.slice(0, MAX_TRUSTED).map(cidrText) ?? null,
      connections: connections.get(name) ?? 0,
      headers: headers.map(({ lastAt, ...rest }) => ({ ...rest, last_at: new Date(lastAt).toISOString() })),
    }
  }
}

/** In the names of the configuration; a number of 0 is a limit that is off. */
function* limitLines(proxy: LiveProxy): Generator<StatusLine> {
  const { rateLimit, maxConnections } = proxy.config()
  const fits = maxConnections === 0 ? connectionsThatFit() : maxConnections
  yield { kind: 'limit', key: 'max_connections', value: fits }
  yield* rateLimitLines('rate_limit', rateLimit)
  yield { kind: 'limit', key: 'rate_limit.max_pending', value: rateLimit.maxPending }
  for (const { id, maxPlayers, rateLimit: own } of proxy.registry.servers) {
    if (maxPlayers > 0) yield { kind: 'limit', key: `${id}.max_players`, value: maxPlayers }
    yield* rateLimitLines(`${id}.rate_limit`, own)
  }
}

/** Of a server only what it says itself. */
function* rateLimitLines(table: string, config: ServerRateLimitConfig): Generator<StatusLine> {
  const limits: readonly (readonly [key: string, value: number | undefined])[] = [
    ['max_connections', config.maxConnections],
    ['window_ms', config.windowMs],
    ['status_max', config.statusMax],
    ['status_window_ms', config.statusWindowMs],
    ['max_concurrent', config.maxConcurrent],
    ['accept_rate', config.acceptRate],
  ]
  for (const [key, value] of limits) if (value !== undefined) yield { kind: 'limit', key: `${table}.${key}`, value }
}
