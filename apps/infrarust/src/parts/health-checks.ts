import { type AccessRecord, type GatewayConfig, isUnixName, prefixSet } from '@infrarust/core'
import type { Logger } from 'pino'
import { askedNothing } from '../log/access.ts'
import type { Part } from './part.ts'

/** More than a load balancer with several threads sends. */
const MANY_A_MINUTE = 60
/** Load balancers are few; a flood of others is counted as one. */
const MAX_PEERS = 256

/**
 * Connections with a LOCAL or UNKNOWN header that ask for nothing are let through without a limit. Of a sender that
 * `trusted` names, or that may open the socket, that is a health check; anybody else with so many of them is named, once a minute.
 */
export class HealthChecks implements Part {
  readonly #logger: Logger
  readonly #counts = new Map<string, number>()
  #trusted: ReadonlyMap<string, (peer: string) => boolean> = new Map()
  #minute = 0

  constructor(config: Pick<GatewayConfig, 'listeners'>, logger: Logger) {
    this.#logger = logger
    this.useConfig(config)
  }

  useConfig({ listeners }: Pick<GatewayConfig, 'listeners'>): void {
    this.#trusted = new Map(
      listeners.map(({ name, host, proxyProtocol }) => {
        const networks = prefixSet(proxyProtocol.trusted ?? [])
        return [name, (peer: string) => isUnixName(host) || networks.has(peer)] as const
      }),
    )
  }

  /** At the end of each connection. */
  record(record: AccessRecord): void {
    if (!askedNothing(record)) return
    const { peer, listener } = record
    if (this.#trusted.get(listener)?.(peer) === true) return
    const minute = Math.floor(Date.now() / 60_000)
    if (minute !== this.#minute) {
      this.#minute = minute
      this.#counts.clear()
    }
    const key = `${listener} ${peer}`
    if (!this.#counts.has(key) && this.#counts.size >= MAX_PEERS) return
    const count = (this.#counts.get(key) ?? 0) + 1
    this.#counts.set(key, count)
    if (count !== MANY_A_MINUTE + 1) return
    this.#logger.warn(
      { event: 'health_checks', peer, listener },
      `peer ${peer} has sent more than ${MANY_A_MINUTE} connections with a LOCAL or UNKNOWN header in a minute on listener ` +
        `${listener}, and asked for nothing; if it is a load balancer of yours, name it in [proxy_protocol] trusted`,
    )
  }
}
