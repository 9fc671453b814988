import type { Server } from '@infrarust/core'
import { BUILT_IN_PROVIDERS } from '../built-in-providers.ts'
import type { EndpointFindings } from './try-endpoint.ts'
import { type EndpointVerdict, endpointVerdict, type Sends } from './verdict.ts'

/**
 * What the operator should change, on either side, in one line; null where nothing is wrong.
 *
 * @param nameFaults why names of the server lead nowhere
 */
export function fixFor(
  verdict: EndpointVerdict,
  server: Pick<Server, 'sendProxyProtocol' | 'source' | 'provider'>,
  endpoints: readonly EndpointFindings[],
  nameFaults: readonly string[],
): string | null {
  const concerned = endpoints.filter((endpoint) => endpointVerdict(server.sendProxyProtocol, endpoint) === verdict)
  const which = addressesOf(concerned)
  const version = versionTaken(concerned)
  switch (verdict) {
    case 'ok':
      return null
    case 'needs_header':
      return `${which} expects a PROXY header: set ${ourKey(server, version)}; or let the server expect none: ${theirKeys(false)}${unlike(server, version, endpoints)}`
    case 'unexpected_header':
      return `${which} gets a PROXY header and does not expect one: let the server expect it: ${theirKeys(true)}; or set ${ourKey(server, false)}${unlike(server, false, endpoints)}`
    case 'wrong_version':
      return `${which} expects a PROXY header of the other version: set ${ourKey(server, version)}${unlike(server, version, endpoints)}`
    case 'no_answer':
      return (
        `${which} accepts connections and answers no list ping, with or without a PROXY header: see whether the ` +
        'server is still starting, whether this is its Minecraft port, whether it answers pings at all ' +
        '(enable-status=true in server.properties), and whether it believes headers from this machine ' +
        '(proxyServerIPs of the mod Proxy Protocol Support)'
      )
    case 'garbled':
      return (
        `${which} answers, with or without a PROXY header, and not with a status: see whether this is the Minecraft ` +
        'port and not that of another program, and which mod or plugin of the server writes its status'
      )
    case 'loop':
      if (concerned.every(({ by_others: isByOthers }) => isByOthers === true))
        return `${which} leads back to this proxy by way of others: see where a load balancer or a published port there sends its connections, and that it is the server`
      return `${which} is this proxy itself, which sends nobody there: write in ${server.source} where the server listens`
    case 'unreachable': {
      if (which === '') return `it has no address to dial (${server.source})`
      const why = nameFaults.length === 0 ? '' : `${nameFaults.join('; ')}; `
      return `${which} cannot be reached: ${why}see whether the server runs, whether addresses in ${server.source} is right, and whether a firewall is between`
    }
  }
}

/** One key serves all addresses: those that take what is sent now, and would not take what is proposed. */
function unlike(
  { sendProxyProtocol }: Pick<Server, 'sendProxyProtocol'>,
  proposed: Sends,
  endpoints: readonly EndpointFindings[],
): string {
  const isOk = (sends: Sends, endpoint: EndpointFindings): boolean => endpointVerdict(sends, endpoint) === 'ok'
  const others = endpoints.filter((endpoint) => isOk(sendProxyProtocol, endpoint) && !isOk(proposed, endpoint))
  if (others.length === 0) return ''
  return `; but ${addressesOf(others)} is well with what it gets now, and all addresses of a server get the same: make them alike`
}

function addressesOf(endpoints: readonly EndpointFindings[]): string {
  return endpoints.map(({ address }) => address).join(', ')
}

/** What the endpoints take; version 2 where they take both. */
function versionTaken(endpoints: readonly EndpointFindings[]): 1 | 2 {
  return endpoints.every(({ v2 }) => v2 === 'answered') ? 2 : 1
}

/** In our own key's words. */
function ourKey({ source, provider }: Pick<Server, 'source' | 'provider'>, value: Sends): string {
  const written = value === 1 ? 'v1' : String(value === 2)
  return (
    BUILT_IN_PROVIDERS.find(({ name }) => name === provider)?.setKey('send_proxy_protocol', written, source) ??
    `send_proxy_protocol = ${value === 1 ? '"v1"' : written} in ${source}`
  )
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
