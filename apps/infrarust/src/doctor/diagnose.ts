import { type BackendAddress, BackendNames, type Endpoint, NameLookup, type Server } from '@infrarust/core'
import { addressText } from '../log/address.ts'
import { fixFor } from './fix.ts'
import { type EndpointFindings, tryEndpoint } from './try-endpoint.ts'
import { type Verdict, verdictOn } from './verdict.ts'

/** What is found out about one server; printed as it is by `doctor --json`. */
export interface Diagnosis {
  readonly id: string
  readonly verdict: Verdict
  readonly send_proxy_protocol: Server['sendProxyProtocol']
  readonly endpoints: readonly EndpointFindings[]
  /** What to change, and where; null where nothing is wrong. */
  readonly fix: string | null
}

/**
 * Asks every address of every server, all at once, with and without headers.
 *
 * @param onDiagnosis called as each is done, for the progress
 * @returns in the order of the servers
 */
export async function diagnose(
  servers: readonly Server[],
  onDiagnosis: (diagnosis: Diagnosis) => void,
): Promise<readonly Diagnosis[]> {
  const lookup = new NameLookup()
  // What cannot be looked up is part of the answer here and no line in a log.
  const names = new BackendNames({ lookUp: (host, wantsSrv) => lookup.lookUp(host, wantsSrv), log: () => {} })
  try {
    return await Promise.all(
      servers.map(async (server) => {
        const diagnosis = await diagnoseServer(server, names)
        onDiagnosis(diagnosis)
        return diagnosis
      }),
    )
  } finally {
    names.stop()
  }
}

/** The same for one server of a running proxy, whose names are known. */
export async function diagnoseServer(server: Server, names: BackendNames): Promise<Diagnosis> {
  const found = await Promise.all(server.addresses.map((address) => tryAddress(server, address, names)))
  const endpoints = found.flat()
  const verdict = verdictOn(server.sendProxyProtocol, endpoints)
  return {
    id: server.id,
    verdict,
    send_proxy_protocol: server.sendProxyProtocol,
    endpoints,
    fix: fixFor(verdict, server, endpoints),
  }
}

async function tryAddress(
  server: Server,
  backend: BackendAddress,
  names: BackendNames,
): Promise<readonly EndpointFindings[]> {
  const endpoints = await endpointsOf(server, backend, names)
  // A name without an answer is as good as a machine without one.
  if (endpoints.length === 0)
    return [{ address: addressText(backend), none: 'unreachable', v1: 'unreachable', v2: 'unreachable' }]
  return await Promise.all(
    endpoints.map(({ host, port, address }) =>
      tryEndpoint(addressText({ host, port }), { address, port, host: askedHost(server, host) }),
    ),
  )
}

async function endpointsOf(server: Server, backend: BackendAddress, names: BackendNames): Promise<readonly Endpoint[]> {
  const alone = { ...server, addresses: [backend] }
  for (;;) {
    const found = names.of(alone)
    if (found.kind === 'ready') return found.endpoints
    if (found.kind === 'failed') return []
    await found.done
  }
}

/** As a player's client would name it, so that a proxy behind this one knows the host. */
function askedHost({ domainRewrite, domains }: Server, host: string): string {
  return domainRewrite ?? domains.find((domain) => !/[*?]/.test(domain)) ?? host
}
