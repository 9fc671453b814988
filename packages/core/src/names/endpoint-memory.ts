import { endpointText } from '../addresses/socket-address.ts'
import type { Endpoint } from './backend-names.ts'

/** How long an address is left for last that did not answer a connect: doubled each time. */
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 30_000
/** Meanwhile one login tries it; whoever comes then still goes to the others first. */
const PROBE_MS = 10_000
/** Addresses are the operator's, but names may lead to new ones for as long as the proxy runs. */
const MAX_ENTRIES = 256

interface Pause {
  readonly endpoint: Endpoint
  /** Monotonic milliseconds. */
  untilMs: number
  lengthMs: number
}

/** An address that is left for last. */
export interface SlowEndpoint {
  /** `host:port`, with the address where the host is a name. */
  readonly endpoint: string
  /** Until the next login tries it first again. */
  readonly retryInMs: number
}

/**
 * Which addresses did not answer a connect in time. A refusal costs nothing, a black hole costs each login all of its
 * connect timeout: so those go behind the others of their server, and one login after another probes them. It orders and
 * never refuses: where no other address is left, they are dialled. Nothing that a client does counts here.
 */
export class EndpointMemory {
  readonly #pauses = new Map<string, Pause>()

  /**
   * The order in which to dial.
   *
   * @param isProbe whether this dial may try an address whose pause is over; then others leave it alone for a while
   */
  ordered(endpoints: readonly Endpoint[], now: number, isProbe: boolean): readonly Endpoint[] {
    if (this.#pauses.size === 0 || endpoints.length < 2) return endpoints
    const later = endpoints.filter((endpoint) => this.#isPaused(endpoint, now, isProbe))
    if (later.length === 0 || later.length === endpoints.length) return endpoints
    return [...endpoints.filter((endpoint) => !later.includes(endpoint)), ...later]
  }

  /** No connection stood before the connect timeout. */
  timedOut(endpoint: Endpoint, now: number): void {
    const key = keyOf(endpoint)
    const before = this.#pauses.get(key)
    const lengthMs = Math.min(before === undefined ? FIRST_PAUSE_MS : 2 * before.lengthMs, LONGEST_PAUSE_MS)
    this.#pauses.delete(key)
    const [oldest] = this.#pauses.keys()
    if (oldest !== undefined && this.#pauses.size >= MAX_ENTRIES) this.#pauses.delete(oldest)
    this.#pauses.set(key, { endpoint, untilMs: now + lengthMs, lengthMs })
  }

  /** It took a connection. */
  answered(endpoint: Endpoint): void {
    if (this.#pauses.size > 0) this.#pauses.delete(keyOf(endpoint))
  }

  /** Those that are left for last now. */
  slow(now: number): readonly SlowEndpoint[] {
    return [...this.#pauses.values()].map(({ endpoint, untilMs }) => ({
      endpoint:
        endpoint.host === endpoint.address ? endpointText(endpoint) : `${endpointText(endpoint)} (${endpoint.address})`,
      retryInMs: Math.max(0, Math.round(untilMs - now)),
    }))
  }

  #isPaused(endpoint: Endpoint, now: number, isProbe: boolean): boolean {
    const pause = this.#pauses.get(keyOf(endpoint))
    if (pause === undefined) return false
    if (now < pause.untilMs || !isProbe) return true
    pause.untilMs = now + PROBE_MS
    return false
  }
}

function keyOf({ address, port }: Endpoint): string {
  return `${address} ${port}`
}
