import type { Server } from '@infrarust/core'
import type { EndpointFindings } from './try-endpoint.ts'
import { endpointVerdict, type Verdict } from './verdict.ts'

/** What the operator should change, on either side, in one line; null where nothing is wrong. */
export function fixFor(
  verdict: Verdict,
  server: Pick<Server, 'sendProxyProtocol' | 'source' | 'provider'>,
  endpoints: readonly EndpointFindings[],
): string | null {
  const concerned = endpoints.filter((endpoint) => endpointVerdict(server.sendProxyProtocol, endpoint) === verdict)
  const which = concerned.map(({ address }) => address).join(', ')
  switch (verdict) {
    case 'ok':
      return null
    case 'needs_header':
      return `${which} expects a PROXY header: set ${ourKey(server, versionTaken(concerned))}; or let the server expect none: ${theirKeys(false)}`
    case 'unexpected_header':
      return `${which} gets a PROXY header and does not expect one: let the server expect it: ${theirKeys(true)}; or set ${ourKey(server, 'false')}`
    case 'wrong_version':
      return `${which} expects a PROXY header of the other version: set ${ourKey(server, versionTaken(concerned))}`
    case 'no_answer':
      return (
        `${which} accepts connections and answers no list ping, with or without a PROXY header: see whether the ` +
        'server is still starting, whether this is its Minecraft port, whether it answers pings at all ' +
        '(enable-status=true in server.properties), and whether it believes headers from this machine ' +
        '(proxyServerIPs of the mod Proxy Protocol Support)'
      )
    case 'unreachable':
      return which === ''
        ? `it has no address to dial (${server.source})`
        : `${which} cannot be reached: see whether the server runs, whether addresses in ${server.source} is right (a name needs an address, too), and whether a firewall is between`
  }
}

/** What the endpoints take, in our own key's words; version 2 where they take both. */
function versionTaken(endpoints: readonly EndpointFindings[]): 'true' | '"v1"' {
  return endpoints.every(({ v2 }) => v2 === 'answered') ? 'true' : '"v1"'
}

function ourKey({ source, provider }: Pick<Server, 'source' | 'provider'>, value: 'true' | 'false' | '"v1"'): string {
  return provider === 'docker'
    ? `the label infrarust.send_proxy_protocol=${value.replaceAll('"', '')} on ${source}`
    : `send_proxy_protocol = ${value} in ${source}`
}

/** The switch of each server that has one. A vanilla server has none. */
function theirKeys(value: boolean): string {
  return [
    `Velocity: haproxy-protocol = ${value} in velocity.toml`,
    `BungeeCord: proxy_protocol: ${value} at the listener in config.yml`,
    `Paper: proxies.proxy-protocol: ${value} in config/paper-global.yml`,
    `Fabric, Forge or NeoForge with the mod Proxy Protocol Support: "enableProxyProtocol": ${value} in config/proxy_protocol_support.json`,
  ].join('; ')
}
