import { isIPv6 } from 'node:net'
import {
  BackendNames,
  type Endpoint,
  type Endpoints,
  endpointText,
  NameLookup,
  type OwnEndpoints,
  type Server,
} from '@infrarust/core'
import type { BackendAddress } from '@infrarust/core/provider'

/** How long names may take: nobody waits who would leave, and all are asked at once, few at a time. */
const NAMES_MS = 5_000

/** The names of backends for a command; to be stopped. @param own where the proxy listens: nobody is asked there */
export function namesFor(own: OwnEndpoints): BackendNames {
  const lookup = new NameLookup()
  return new BackendNames({
    lookUp: (host, wantsSrv) => lookup.lookUp(host, wantsSrv),
    // What cannot be looked up is part of the answer here and no line in a log.
    log: () => {},
    timings: { firstAnswerMs: NAMES_MS },
    isOwn: (endpoint) => own.has(endpoint),
  })
}

/** Where one address of a server leads, once its name is known. */
export async function endpointsOf(
  server: Server,
  backend: BackendAddress,
  names: BackendNames,
): Promise<Exclude<Endpoints, { kind: 'pending' }>> {
  const alone = { ...server, addresses: [backend] }
  for (;;) {
    const found = names.of(alone)
    if (found.kind !== 'pending') return found
    await found.done
  }
}

/** `host:port`; what a name stands for is only told where it stands for several. */
export function shownEndpoint(endpoint: Endpoint, count: number): string {
  return `${endpointText(endpoint)}${count > 1 ? ` (${endpoint.address})` : ''}`
}

/**
 * A name has addresses of both families, such as `localhost`, also where server or network know one of them: nothing is
 * wrong as long as the other one leads there.
 */
export function withoutIdleFamily<Tried extends { readonly address: string }>(
  tried: readonly Tried[],
  isReached: (tried: Tried) => boolean,
): readonly Tried[] {
  const reached = new Set(tried.filter(isReached).map(({ address }) => isIPv6(address)))
  return reached.size === 1 ? tried.filter(({ address }) => reached.has(isIPv6(address))) : tried
}
