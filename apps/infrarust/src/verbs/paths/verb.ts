import { clientKey, isUnixName, type LiveConnection, trustedBy } from '@infrarust/core'
import * as v from 'valibot'
import { PEER_NETWORK } from '../../parts/history.ts'
import { isSession } from '../../proxy/sessions.ts'
import type { LiveProxy } from '../live-proxy.ts'
import { dataVerb, type Sent } from '../verb.ts'

/** What came in front of connections, or did not. */
const HEADER = v.picklist(['v1', 'v2', 'none', 'LOCAL'])

const path = v.object({
  /** Peers beside each other: a /24 of IPv4, a /64 of IPv6, or `unix`. */
  network: v.string(),
  listener: v.string(),
  header: HEADER,
  /** Whether the sender is among those whose headers are believed. */
  trusted: v.boolean(),
  /** Null where the connection has not come so far. */
  server: v.nullable(v.string()),
  endpoint: v.nullable(v.string()),
  /** What the server gets. */
  sends: v.picklist(['none', 'v1', 'v2']),
  connections: v.number(),
  sessions: v.number(),
  bytes_in: v.number(),
  bytes_out: v.number(),
})

type Path = Sent<typeof path>

const result = v.object({
  paths: v.array(path),
  /** Ways on which something else came, or was wanted, than the other side expects. */
  broken: v.array(
    v.object({
      side: v.picklist(['listener', 'server']),
      network: v.nullable(v.string()),
      listener: v.nullable(v.string()),
      server: v.nullable(v.string()),
      /** What is wrong and how to mend it. */
      text: v.string(),
      /** Connections of the last hour, where they are counted. */
      count: v.nullable(v.number()),
      last_at: v.nullable(v.string()),
    }),
  ),
})

/** Who connects to us, and what becomes of the address of the client on the way. */
export const verb = dataVerb({
  name: 'paths',
  method: 'GET',
  path: '/paths',
  summary: 'The ways of the connections of this moment: peers, listener, header, server, and the header that leaves.',
  request: v.strictObject({}),
  result,
  run: (proxy: LiveProxy) => ({ paths: pathsOf(proxy), broken: brokenOf(proxy) }),
})

function pathsOf({ gateway, registry, config, trust }: LiveProxy): readonly Path[] {
  const sends = new Map(registry.servers.map(({ id, sendProxyProtocol }) => [id, sendProxyProtocol]))
  const trusts = new Map(
    config().listeners.map(({ name, host, proxyProtocol }) => [
      name,
      isUnixName(host) ? () => true : trustedBy(proxyProtocol, trust),
    ]),
  )
  const found = new Map<string, Path & Sums>()
  for (const connection of gateway.live()) {
    const { listener, peer, server = null, endpoint = null, bytesIn, bytesOut } = connection
    const version = server === null ? false : (sends.get(server) ?? false)
    const way = {
      network: clientKey(peer.address, PEER_NETWORK),
      listener,
      header: headerOf(connection),
      trusted: trusts.get(listener)?.(peer.address) ?? false,
      server,
      endpoint,
      sends: version === false ? 'none' : (`v${version}` as const),
    } as const
    const key = JSON.stringify(way)
    const sums = found.get(key) ?? { ...way, connections: 0, sessions: 0, bytes_in: 0, bytes_out: 0 }
    sums.connections++
    sums.sessions += Number(isSession(connection))
    sums.bytes_in += bytesIn
    sums.bytes_out += bytesOut
    found.set(key, sums)
  }
  return [...found.values()].sort((a, b) => b.connections - a.connections)
}

interface Sums {
  connections: number
  sessions: number
  bytes_in: number
  bytes_out: number
}

function headerOf({ receivedHeader }: LiveConnection): Path['header'] {
  if (receivedHeader === undefined) return 'none'
  return receivedHeader.command === 'PROXY' ? `v${receivedHeader.version}` : 'LOCAL'
}

function brokenOf({ history, mismatches }: LiveProxy): Sent<typeof result>['broken'] {
  const atListeners = history.headerFaults.map(({ network, listener, fault, count, lastAt }) => ({
    side: 'listener' as const,
    network,
    listener,
    server: null,
    text: fault,
    count,
    last_at: new Date(lastAt).toISOString(),
  }))
  const atServers = mismatches.found.map(({ id, verdict, fix }) => ({
    side: 'server' as const,
    network: null,
    listener: null,
    server: id,
    text: fix ?? verdict,
    count: null,
    last_at: null,
  }))
  return [...atListeners, ...atServers]
}
