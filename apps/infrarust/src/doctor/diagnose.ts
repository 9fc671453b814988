import {
  type BackendNames,
  type Endpoint,
  endpointText,
  type ForwardingKind,
  forwardingOf,
  logsInForPlayers,
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
import { endpointVerdict, isReachable, type Verdict, verdictOn } from './verdict.ts'

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
 * @param known what is known of them, or can be found out without dialling them
 * @param onDiagnosis called as each is done, for the progress
 * @returns in the order of the servers
 */
export async function diagnose(
  servers: readonly Server[],
  own: OwnEndpoints,
  { isHere, isAwake, askPower, forwarding }: KnownThere,
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
        const isAsleep = server.serverManager !== undefined && !isAwake(server) && power?.state !== 'running'
        const found = isAsleep ? asleep(server) : await diagnoseServer(server, names, isHere, forwarding)
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

/** What is known of servers, or can be found out without dialling them. */
export interface KnownThere {
  /** Asks the proxy that runs whether a name has come back to it; undefined where none can be asked. */
  readonly isHere: IsHere | undefined
  /** Whether the proxy that runs starts and stops a server, and has it up. One that nobody knows to be up is not dialled. */
  isAwake(server: Server): boolean
  /** Finds out about who starts and stops a server. */
  askPower(server: Server): Promise<PowerFindings | undefined>
  /** `mode` of `[forwarding]`. */
  readonly forwarding: ForwardingKind
}

/**
 * The same for one server of a running proxy, whose names are known.
 *
 * @param forwarding left out: no login is begun
 */
export async function diagnoseServer(
  server: Server,
  names: BackendNames,
  isHere?: IsHere,
  forwarding?: ForwardingKind,
): Promise<Diagnosis> {
  const found = await Promise.all(server.addresses.map((address) => tryAddress(server, address, names, isHere)))
  const endpoints = found.flatMap((each) => each.endpoints)
  const verdict = verdictOn(server.sendProxyProtocol, endpoints)
  const nameFaults = found.flatMap(({ nameFault }) => nameFault ?? [])
  const about = { id: server.id, send_proxy_protocol: server.sendProxyProtocol, endpoints }
  const wrongLogin = verdict === 'ok' && forwarding !== undefined ? await wrongLoginOf(server, found, forwarding) : null
  return wrongLogin === null
    ? { ...about, verdict, fix: fixFor(verdict, server, endpoints, nameFaults) }
    : { ...about, verdict: 'login_mismatch', fix: wrongLogin }
}

/** Asked of one address: all of a server's are told in the same way who the players are. */
async function wrongLoginOf(
  server: Server,
  found: readonly AddressFindings[],
  forwarding: ForwardingKind,
): Promise<string | null> {
  if (!logsInForPlayers(server.proxyMode)) return null
  const endpoint = found.flatMap(({ well }) => well)[0]
  if (endpoint === undefined) return null
  const { loginMismatch } = await import('./login-try.ts')
  const target = { endpoint, address: statusAddress(server, undefined, endpoint) }
  return (await loginMismatch(server, target, forwardingOf(server, forwarding))) ?? null
}

/** Of a server that is not up, and is not dialled to find out more. */
export function asleep({ id, sendProxyProtocol }: Server): Diagnosis {
  return { id, verdict: 'asleep', send_proxy_protocol: sendProxyProtocol, endpoints: [], fix: null }
}

interface AddressFindings {
  readonly endpoints: readonly EndpointFindings[]
  /** Those that answer to what they are sent. */
  readonly well: readonly Endpoint[]
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
    return { endpoints: [{ address: endpointText(backend), ...nowhere }], well: [], nameFault: found.message }
  }
  const own = found.own ?? []
  const endpoints = found.kind === 'loop' ? [] : found.endpoints
  const shownAs = (endpoint: Endpoint): string => shownEndpoint(endpoint, endpoints.length + own.length)
  const tried = await Promise.all(
    endpoints.map(async (endpoint) => {
      const target = { endpoint, address: statusAddress(server, undefined, endpoint) }
      if (isHere !== undefined && (await comesBack(endpoint, server.sendProxyProtocol, isHere)))
        return {
          endpoint,
          address: endpoint.address,
          findings: { ...leadingBack(shownAs(endpoint)), by_others: true } as const,
        }
      return { endpoint, address: endpoint.address, findings: await tryEndpoint(target, shownAs(endpoint)) }
    }),
  )
  const leadBack = own.map((endpoint) => ({
    address: endpoint.address,
    findings: leadingBack(shownAs(endpoint)),
  }))
  const all = withoutIdleFamily([...tried, ...leadBack], ({ findings }) => isReachable(findings))
  const well = tried.filter(({ findings }) => endpointVerdict(server.sendProxyProtocol, findings) === 'ok')
  return { endpoints: all.map(({ findings }) => findings), well: well.map(({ endpoint }) => endpoint) }
}

function leadingBack(address: string): EndpointFindings {
  return { address, none: 'loop', v1: 'loop', v2: 'loop' }
}
