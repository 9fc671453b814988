import {
  decodeStatusReply,
  encodeHandshake,
  encodeStatusRequest,
  HOST_MAX_UNITS,
  type StatusReply,
} from '@infrarust/minecraft'
import { endpointText } from '../addresses/socket-address.ts'
import { type ExchangeResult, exchange } from '../backend/exchange.ts'
import { encodeOwnHeader, HeaderMemory, type OwnHeader } from '../backend/own-header.ts'
import { DEFAULT_MINECRAFT_PORT, type Endpoint, type Endpoints } from '../names/backend-names.ts'
import type { EndpointSource } from '../names/endpoint-source.ts'
import type { Server } from '../server/server.ts'
import { checkStatusJson } from './check-status-json.ts'
import type { NotTheServers } from './status-source.ts'

/** Which status is wanted. */
export interface StatusWanted {
  readonly server: Server
  /** Undefined: the client named none. */
  readonly domain: string | undefined
  readonly protocol: number
  /** For all attempts. */
  readonly timeoutMs: number
}

/** What a backend has answered to a status request of the proxy's own. */
export type FetchedStatus =
  /** `rest` is what mods append to it, `fault` what keeps clients from reading it; it completes "server "x" ". */
  | { readonly kind: 'status'; readonly json: string; readonly rest?: Uint8Array; readonly fault?: string }
  /**
   * `message` completes "server "x" "; of `proxy_full`, where nobody was asked, it is the system's code. Without a reason
   * it is the server's fault. `hasAnswered`: with what is no status, or a longer one than is kept; its clients may read it.
   */
  | {
      readonly kind: 'failed'
      readonly reason?: NotTheServers
      readonly message: string
      readonly hasAnswered?: boolean
    }

/** Asks one backend for its status; never rejects. */
export type FetchStatus = (wanted: StatusWanted) => Promise<FetchedStatus>

/** Asks backends for their status, over connections of the proxy's own. Its promises never reject. */
export function statusFetcher(endpoints: EndpointSource): FetchStatus {
  const memory = new HeaderMemory()
  return async (wanted) => {
    const deadlineAt = performance.now() + wanted.timeoutMs
    const found = await endpointsOf(endpoints, wanted.server, deadlineAt)
    if (found.kind === 'failed') return found
    const failures: string[] = []
    let hasAnswered = false
    for (const [index, endpoint] of found.endpoints.entries()) {
      // Each gets its share of what is left, so that one which swallows everything leaves time for the next.
      const share = (deadlineAt - performance.now()) / (found.endpoints.length - index)
      if (share < MIN_ATTEMPT_MS) break
      const answer = await askWithHeader(wanted, endpoint, share, memory)
      if (answer.kind === 'status' || answer.reason === 'proxy_full') return answer
      failures.push(`${endpointText(endpoint)}: ${answer.message}`)
      hasAnswered ||= answer.hasAnswered === true
    }
    const message = `gave no status at ${failures.join(', ')}`
    if (hasAnswered) return { kind: 'failed', message, hasAnswered }
    return found.own === undefined ? { kind: 'failed', message } : { kind: 'failed', reason: 'loop', message }
  }
}

/** Less is no attempt. */
const MIN_ATTEMPT_MS = 10

type FoundEndpoints = Extract<Endpoints, { kind: 'ready' }> | Extract<FetchedStatus, { kind: 'failed' }>

async function endpointsOf(source: EndpointSource, server: Server, deadlineAt: number): Promise<FoundEndpoints> {
  for (;;) {
    const found = source.of(server)
    if (found.kind === 'ready') return found
    if (found.kind === 'failed') return { kind: 'failed', message: `cannot be dialled: ${found.message}` }
    if (found.kind === 'loop') return { kind: 'failed', reason: 'loop', message: 'leads back to this proxy' }
    if (performance.now() >= deadlineAt) return { kind: 'failed', message: 'has a name without an answer' }
    await found.done
  }
}

async function askWithHeader(
  wanted: StatusWanted,
  endpoint: Endpoint,
  timeoutMs: number,
  memory: HeaderMemory,
): Promise<FetchedStatus> {
  const key = `${endpoint.address} ${endpoint.port}`
  const says = memory.headerFor(key)
  const startedAt = performance.now()
  const first = await ask(wanted, endpoint, timeoutMs, says)
  if (first.kind === 'answer') return checked(first.value)
  if (first.cause === 'exhausted') return { kind: 'failed', reason: 'proxy_full', message: first.message }
  if (first.cause === 'malformed' || first.cause === 'cut_short')
    return { kind: 'failed', message: first.message, hasAnswered: true }
  const restMs = timeoutMs - (performance.now() - startedAt)
  const mayBeTheHeader = first.cause === 'silent_close' && wanted.server.sendProxyProtocol !== false
  if (!mayBeTheHeader || restMs < MIN_ATTEMPT_MS) return { kind: 'failed', message: first.message }
  const other = says === 'local' ? 'proxy' : 'local'
  const second = await ask(wanted, endpoint, restMs, other)
  if (second.kind === 'failed') return { kind: 'failed', message: first.message }
  memory.remember(key, other)
  return checked(second.value)
}

function ask(
  { server, domain, protocol }: StatusWanted,
  endpoint: Endpoint,
  timeoutMs: number,
  says: OwnHeader,
): Promise<ExchangeResult<StatusReply>> {
  const address = statusAddress(server, domain, endpoint)
  const handshake = encodeHandshake({
    protocolVersion: protocol,
    address,
    port: statusPort(endpoint),
    intent: 'status',
  })
  return exchange({
    endpoint,
    timeoutMs,
    request: (own, backend) =>
      Buffer.concat([encodeOwnHeader(server.sendProxyProtocol, says, own, backend), handshake, encodeStatusRequest()]),
    decode: decodeStatusReply,
  })
}

/**
 * The name that a player's handshake would bring to the backend, so that a proxy there knows whom it is asked about.
 *
 * @param domain what the client has asked for; undefined: the first domain that is no pattern
 */
export function statusAddress(server: Server, domain: string | undefined, endpoint: Endpoint): string {
  const isUnix = endpoint.port === undefined
  const host = isUnix ? 'localhost' : endpoint.host
  const address = server.domainRewrite ?? domain ?? server.domains.find((name) => !/[*?]/.test(name)) ?? host
  // IDNA may have made a name longer than a handshake can say.
  if (address.length <= HOST_MAX_UNITS) return address
  return isUnix ? host : endpoint.address
}

/** The port that a handshake to this endpoint names; where there is none, the one that players' handshakes mostly have. */
export function statusPort({ port = DEFAULT_MINECRAFT_PORT }: Endpoint): number {
  return port
}

function checked(reply: StatusReply): FetchedStatus {
  if (reply.kind === 'pong')
    return { kind: 'failed', message: 'answered a status request with a pong', hasAnswered: true }
  const found = checkStatusJson(reply.json)
  if (found?.isHarmful === true) return { kind: 'failed', message: found.fault }
  const { json, rest } = reply
  // The server has answered, so it is up, whatever its clients make of that. `rest` is a view of all that was received.
  return { kind: 'status', json, ...(rest && { rest: rest.slice() }), ...(found && { fault: found.fault }) }
}
