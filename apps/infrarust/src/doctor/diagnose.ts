import {
  type BackendNames,
  type Endpoint,
  endpointText,
  type OwnEndpoints,
  type Server,
  statusAddress,
} from '@infrarust/core'
import type { BackendAddress } from '@infrarust/core/provider'
import { endpointsOf, namesFor, shownEndpoint, withoutIdleFamily } from './backend-endpoints.ts'
import { comesBack, type IsHere } from './comes-back.ts'
import { fixFor } from './fix.ts'
import type { PowerFindings } from './power-findings.ts'
import { type EndpointFindings, tryEndpoint } from './try-endpoint.ts'
import { isReachable, type Verdict, verdictOn } from './verdict.ts'

/** What is found out about one server; printed as it is by `doctor --json`. */
export interface Diagnosis {
  readonly id: string
  readonly verdict: Verdict
  readonly send_proxy_protocol: Server['sendProxyProtocol']
  readonly endpoints: readonly EndpointFindings[]
  /** What to change, and where; null where nothing is wrong. */
  readonly fix: string | null
  /** Of a server that is started and stopped by somebody who can be asked. */
  readonly power?: PowerFindings
}

/** Servers asked at once: with thousands of them at the same time this process would run out of descriptors. */
const AT_ONCE = 64

/**
 * Asks every address of every server, many at once, with and without headers.
 *
 * @param own where the proxy listens: nobody is asked there
 * @param known what the proxy that runs knows of them
 * @param askPower finds out about who starts and stops a server
 * @param onDiagnosis called as each is done, for the progress
 * @returns in the order of the servers
 */
export async function diagnose(
  servers: readonly Server[],
  own: OwnEndpoints,
  { isHere, isAsleep }: KnownThere,
  askPower: (server: Server) => Promise<PowerFindings | undefined>,
  onDiagnosis: (diagnosis: Diagnosis) => void,
): Promise<readonly Diagnosis[]> {
  const names = namesFor(own)
  try {
    const diagnoses = new Map<Server, Diagnosis>()
    const waiting = servers.values()
    // They take from one list until it is empty.
    const askSome = async (): Promise<void> => {
      for (const server of waiting) {
        const power = server.serverManager === undefined ? undefined : await askPower(server)
        // One that runs, as its own manager says, is not woken by being dialled.
        const isUp = power?.state === 'running' || !isAsleep(server)
        const found = isUp ? await diagnoseServer(server, names, isHere) : asleep(server)
        const diagnosis = power === undefined ? found : { ...found, power }
        diagnoses.set(server, diagnosis)
        onDiagnosis(diagnosis)
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, askSome))
    return servers.flatMap((server) => diagnoses.get(server) ?? [])
  } finally {
    names.stop()
  }
}

/** What the proxy that runs is asked. */
export interface KnownThere {
  /** Whether a name has come back to it; undefined where none can be asked. */
  readonly isHere: IsHere | undefined
  /** Whether a server is started and stopped there and is not up, as far as anybody knows. */
  isAsleep(server: Server): boolean
}

function asleep({ id, sendProxyProtocol }: Server): Diagnosis {
  return { id, verdict: 'asleep', send_proxy_protocol: sendProxyProtocol, endpoints: [], fix: null }
}

/** The same for one server of a running proxy, whose names are known. */
export async function diagnoseServer(server: Server, names: BackendNames, isHere?: IsHere): Promise<Diagnosis> {
  const found = await Promise.all(server.addresses.map((address) => tryAddress(server, address, names, isHere)))
  const endpoints = found.flatMap((each) => each.endpoints)
  const verdict = verdictOn(server.sendProxyProtocol, endpoints)
  const nameFaults = found.flatMap(({ nameFault }) => nameFault ?? [])
  return {
    id: server.id,
    verdict,
    send_proxy_protocol: server.sendProxyProtocol,
    endpoints,
    fix: fixFor(verdict, server, endpoints, nameFaults),
  }
}

interface AddressFindings {
  readonly endpoints: readonly EndpointFindings[]
  /** Why a name leads nowhere. */
  readonly nameFault?: string
}

async function tryAddress(
  server: Server,
  backend: BackendAddress,
  names: BackendNames,
  isHere: IsHere | undefined,
): Promise<AddressFindings> {
  const found = await endpointsOf(server, backend, names)
  // A name without an answer is as good as a machine without one.
  if (found.kind === 'failed') {
    const nowhere = { none: 'unreachable', v1: 'unreachable', v2: 'unreachable' } as const
    return { endpoints: [{ address: endpointText(backend), ...nowhere }], nameFault: found.message }
  }
  const own = found.own ?? []
  const endpoints = found.kind === 'loop' ? [] : found.endpoints
  const shownAs = (endpoint: Endpoint): string => shownEndpoint(endpoint, endpoints.length + own.length)
  const tried = await Promise.all(
    endpoints.map(async (endpoint) => {
      const target = { endpoint, address: statusAddress(server, undefined, endpoint) }
      if (isHere !== undefined && (await comesBack(endpoint, server.sendProxyProtocol, isHere)))
        return { address: endpoint.address, findings: { ...leadingBack(shownAs(endpoint)), by_others: true } as const }
      return { address: endpoint.address, findings: await tryEndpoint(target, shownAs(endpoint)) }
    }),
  )
  const leadBack = own.map((endpoint) => ({
    address: endpoint.address,
    findings: leadingBack(shownAs(endpoint)),
  }))
  const all = withoutIdleFamily([...tried, ...leadBack], ({ findings }) => isReachable(findings))
  return { endpoints: all.map(({ findings }) => findings) }
}

function leadingBack(address: string): EndpointFindings {
  return { address, none: 'loop', v1: 'loop', v2: 'loop' }
}
