import { isUnixName, type LiveConnection, type ReceivedProxyProtocol, trustedEntryText } from '@infrarust/core'
import { unixPath } from '@infrarust/core/transport'
import type { ManagedView } from '@infrarust/server-manager'
import * as v from 'valibot'
import { countBy, isSession } from '../../proxy/sessions.ts'
import { limitsInForce } from '../limits-in-force.ts'
import type { LiveProxy } from '../live-proxy.ts'
import { dataVerb, type Sent } from '../verb.ts'

const result = v.object({
  pid: v.number(),
  started_at: v.string(),
  transport: v.string(),
  log_level: v.string(),
  connections: v.number(),
  sessions: v.number(),
  listeners: v.array(
    v.object({
      name: v.string(),
      proxy_protocol: v.string(),
      /** Null: everybody. The first hundred, those of the file among them. */
      trusted: v.nullable(v.array(v.string())),
      trusted_file: v.optional(v.string()),
      /** Its path, where it is one: whoever may open it is trusted. */
      unix_socket: v.exactOptional(v.string()),
      connections: v.number(),
      /** The latest first. */
      headers: v.array(v.object({ peer: v.string(), header: v.string(), count: v.number(), last_at: v.string() })),
    }),
  ),
  providers: v.array(v.object({ name: v.string(), state: v.string(), servers: v.number() })),
  servers: v.array(
    v.object({
      id: v.string(),
      state: v.string(),
      maintenance: v.exactOptional(v.boolean()),
      /** Of one that is started and stopped here: `sleeping`, `starting`, …, and who waits for it. */
      power: v.exactOptional(v.string()),
      waiting: v.exactOptional(v.number()),
      provider: v.string(),
      sessions: v.number(),
    }),
  ),
  /** In the names of the configuration; a number of 0 is a limit that is off. */
  limits: v.record(v.string(), v.number()),
  /** Addresses that did not answer a connect, and are dialled behind the others until then. */
  slow_endpoints: v.array(v.object({ endpoint: v.string(), retry_in_ms: v.number() })),
  /** What each name in `trusted` stands for now: a name without an address trusts nobody. */
  trusted_names: v.array(
    v.object({ name: v.string(), addresses: v.array(v.string()), problem: v.optional(v.string()) }),
  ),
  /** Files and names that are not in force as they are written. */
  problems: v.array(v.string()),
})

export type Status = Sent<typeof result>

/** As many peers as fit a screen. */
const MAX_HEADERS = 16
/** A list of ten thousand networks is in its file, and not here. */
const MAX_TRUSTED = 100

/** What this process is, listens on, serves and enforces. */
export const verb = dataVerb({
  name: 'status',
  method: 'GET',
  path: '/status',
  summary: 'What the proxy is, listens on, serves and enforces.',
  request: v.strictObject({}),
  result,
  run(proxy: LiveProxy): Status {
    const { gateway, registry, transport, logger, startedAt } = proxy
    const live = gateway.live()
    const sessions = countBy(live.filter(isSession), ({ server }) => server)
    const powers = new Map(proxy.power.list().map((view) => [view.id, view]))
    return {
      pid: process.pid,
      started_at: new Date(startedAt).toISOString(),
      transport: transport.kind,
      log_level: logger.level,
      connections: live.length,
      sessions: live.filter(isSession).length,
      listeners: listeners(proxy, live),
      providers: registry.status().map(({ name, state, servers }) => ({ name, state, servers: servers.length })),
      servers: registry.servers.map(({ id, state, provider }) => ({
        id,
        state,
        maintenance: proxy.maintenance.policy.isOn(id),
        ...powerOf(powers.get(id)),
        provider,
        sessions: sessions.get(id) ?? 0,
      })),
      limits: Object.fromEntries(limitsInForce(proxy)),
      slow_endpoints: gateway.slowEndpoints().map(({ endpoint, retryInMs }) => ({ endpoint, retry_in_ms: retryInMs })),
      trusted_names: proxy.trust.names().map(({ name, addresses, problem }) => ({
        name,
        addresses,
        ...(problem !== undefined && { problem }),
      })),
      problems: proxy.problems(),
    }
  },
})

function powerOf(view: ManagedView | undefined): { readonly power?: string; readonly waiting?: number } {
  return view === undefined ? {} : { power: view.phase, waiting: view.waiting }
}

function listeners({ config, seenHeaders, trust }: LiveProxy, live: readonly LiveConnection[]): Status['listeners'] {
  const connections = countBy(live, ({ listener }) => listener)
  return config().listeners.map(({ name, host, proxyProtocol }) => ({
    name,
    proxy_protocol: proxyProtocol.mode,
    ...trustedOf(proxyProtocol, trust),
    ...(isUnixName(host) && { unix_socket: unixPath(host) }),
    connections: connections.get(name) ?? 0,
    headers: seenHeaders
      .of(name, live)
      .slice(0, MAX_HEADERS)
      .map(({ lastAt, ...rest }) => ({ ...rest, last_at: new Date(lastAt).toISOString() })),
  }))
}

function trustedOf(
  { trusted, trustedFile }: ReceivedProxyProtocol,
  trust: LiveProxy['trust'],
): Pick<Status['listeners'][number], 'trusted' | 'trusted_file'> {
  const written = trusted?.map(trustedEntryText)
  if (trustedFile === undefined) return { trusted: written?.slice(0, MAX_TRUSTED) ?? null }
  const all = [...(written ?? []), ...trust.entriesOf(trustedFile)]
  return { trusted: all.slice(0, MAX_TRUSTED), trusted_file: trustedFile }
}
