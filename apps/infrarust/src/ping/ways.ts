import { readAddressListFile } from '@infrarust/config-file'
import {
  type BackendNames,
  believesEverybody,
  type Endpoint,
  endpointText,
  isUnixName,
  type ListenerConfig,
  prefixSet,
  type Server,
  statusAddress,
  type TrustedPeers,
  trustedBy,
} from '@infrarust/core'
import type { BackendAddress } from '@infrarust/core/provider'
import { endpointsOf, shownEndpoint } from '../doctor/backend-endpoints.ts'
import type { Way } from './way.ts'

const MINECRAFT_PORT = 25_565

/** To a listener of this machine, with the header that it wants. */
export function wayThrough({ name, host, port, proxyProtocol }: ListenerConfig, domain: string): Way {
  const isWritten = trustedBy(proxyProtocol, WRITTEN_PEERS)
  const believes = (each: string): boolean => believesEverybody(proxyProtocol) || isWritten(each)
  const [first, ...others] = reachedAt(host)
  const address = believes(first) ? first : (others.find(believes) ?? first)
  const shownAs = endpointText({ host, port })
  const way = { kind: 'through', shownAs: name === shownAs ? shownAs : `${shownAs} "${name}"` } as const
  const sends = proxyProtocol.mode !== 'required' ? false : proxyProtocol.versions.includes(2) ? 2 : 1
  if (port === 0)
    return { ...way, sends, target: notAsked('the system chooses its port: write --bind with that of the log') }
  // Asked all the same it would only say in its log that a stranger has sent a header.
  if (sends !== false && !believes(address))
    return {
      ...way,
      sends,
      target: notAsked(`it takes no PROXY header from ${address}: write --via with the address of the load balancer`),
    }
  return { ...way, sends, target: { kind: 'ask', endpoint: endpointAt(host, address, port), address: domain } }
}

/** As far as addresses are written down: a name is that of another machine. */
const WRITTEN_PEERS: TrustedPeers = {
  isOfHost: () => false,
  isInFile: (path, address) => prefixSet(readAddressListFile(path, { mayHoldHosts: true }).networks).has(address),
}

/** To where players connect, such as a load balancer: it makes the header. */
export function wayVia({ host, port }: BackendAddress, domain: string): Way {
  const endpoint = endpointAt(host, host, port)
  const shownAs = endpointText({ host, port: endpoint.port })
  return { kind: 'through', shownAs, sends: false, target: { kind: 'ask', endpoint, address: domain } }
}

/** Straight to one address of a server, as the proxy would dial it; a name may lead to several. */
export async function waysPast(
  server: Server,
  backend: BackendAddress,
  domain: string,
  names: BackendNames,
): Promise<readonly Way[]> {
  const found = await endpointsOf(server, backend, names)
  const way = { kind: 'past', sends: server.sendProxyProtocol } as const
  if (found.kind === 'failed') {
    const target = { kind: 'none', result: 'unreachable', message: found.message } as const
    return [{ ...way, shownAs: endpointText(backend), target }]
  }
  const own = found.own ?? []
  const endpoints = found.kind === 'loop' ? [] : found.endpoints
  const shownAs = (endpoint: Endpoint): string => shownEndpoint(endpoint, endpoints.length + own.length)
  const loop = { kind: 'none', result: 'loop', message: 'this is the proxy itself, which sends nobody there' } as const
  return [
    ...endpoints.map((endpoint): Way => {
      const address = statusAddress(server, domain, endpoint)
      return { ...way, shownAs: shownAs(endpoint), target: { kind: 'ask', endpoint, address } }
    }),
    ...own.map((endpoint): Way => ({ ...way, shownAs: shownAs(endpoint), target: loop })),
  ]
}

/** @param address an address of IP or a name, or a Unix socket, which has no port */
function endpointAt(host: string, address: string, port: number = MINECRAFT_PORT): Endpoint {
  return isUnixName(address) ? { host, address, port: undefined } : { host, address, port }
}

/** Where this machine reaches what listens there. `::` is every address, and the header is believed from one of them. */
function reachedAt(host: string): readonly [string, ...string[]] {
  if (host === '0.0.0.0' || host === 'localhost') return ['127.0.0.1']
  return host === '::' ? ['127.0.0.1', '::1'] : [host]
}

function notAsked(message: string): Way['target'] {
  return { kind: 'none', result: 'not_asked', message }
}
