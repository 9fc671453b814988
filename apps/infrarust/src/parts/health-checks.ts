import { type AccessRecord, type GatewayConfig, isUnixName, type TrustedPeers, trustedBy } from '@infrarust/core'
import type { Logger } from 'pino'
import { askedNothing } from '../log/access.ts'
import type { LogConfig } from '../log/log-keys.ts'
import { addressShortener, type ShownAddress } from '../log/shown-address.ts'
import type { Part } from './part.ts'

interface HealthCheckConfig extends Pick<GatewayConfig, 'listeners'> {
  readonly log: Pick<LogConfig, 'addresses'>
}

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
  readonly #peers: TrustedPeers
  #trusted: ReadonlyMap<string, (address: string) => boolean> = new Map()
  #shorten: ShownAddress | undefined
  #minute = 0

  /** @param peers what names and files of `trusted` stand for */
  constructor(config: HealthCheckConfig, peers: TrustedPeers, logger: Logger) {
    this.#peers = peers
    this.#logger = logger
    this.useConfig(config)
  }

  useConfig({ listeners, log }: HealthCheckConfig): void {
    this.#shorten = addressShortener(log)
    this.#trusted = new Map(
      listeners.map(({ name, host, proxyProtocol }) => [
        name,
        isUnixName(host) ? () => true : trustedBy(proxyProtocol, this.#peers),
      ]),
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
    const shown = this.#shorten?.(peer) ?? peer
    this.#logger.warn(
      { event: 'health_checks', peer: shown, listener },
      `peer ${shown} has sent more than ${MANY_A_MINUTE} connections with a LOCAL or UNKNOWN header in a minute on listener ` +
        `${listener}, and asked for nothing; if it is a load balancer of yours, name it in [proxy_protocol] trusted`,
    )
  }
}
