import type { AccessRecord } from '@infrarust/core'
import { Counter, Histogram, type Registry } from 'prom-client'
import { askedNothing } from '../log/access.ts'
import { headerError } from './header-error.ts'

/** The server of a record whose server is configured no more: ids that come and go must not add up. */
export const GONE = '(gone)'

/** Of peers that send health checks. */
const MAX_PEERS = 32
const OTHERS = '(others)'

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** What is counted once for each connection, at its end. No label holds anything that a client chooses. */
export class ConnectionMetrics {
  readonly #connections: Counter<'listener' | 'server' | 'outcome'>
  readonly #headers: Counter<'version' | 'command' | 'error'>
  readonly #healthChecks: Counter<'listener' | 'peer'>
  readonly #checkingPeers = new Set<string>()
  readonly #handshake: Histogram
  readonly #route: Histogram
  readonly #connect: Histogram

  constructor(registry: Registry) {
    const registers = [registry]
    this.#connections = new Counter({
      name: 'infrarust_connections_total',
      help: 'Connections that have ended, by the reason in their access record.',
      labelNames: ['listener', 'server', 'outcome'],
      registers,
    })
    this.#headers = new Counter({
      name: 'infrarust_proxy_headers_total',
      help: 'PROXY headers received: the good ones by version and command, the refused ones by error.',
      labelNames: ['version', 'command', 'error'],
      registers,
    })
    this.#healthChecks = new Counter({
      name: 'infrarust_health_checks_total',
      help: 'Connections with a LOCAL or UNKNOWN header that asked for nothing, by the peer that sent them.',
      labelNames: ['listener', 'peer'],
      registers,
    })
    const histogram = (name: string, help: string): Histogram =>
      new Histogram({ name, help, buckets: SECONDS, registers })
    this.#handshake = histogram(
      'infrarust_handshake_duration_seconds',
      'From the PROXY header, or the accept, to the complete handshake.',
    )
    this.#route = histogram(
      'infrarust_route_duration_seconds',
      'Waits between handshake and dial: names, routing tables, statuses.',
    )
    this.#connect = histogram(
      'infrarust_connect_duration_seconds',
      'From the first dial to the first byte of the server, or to giving up.',
    )
  }

  /** @param server the label for the record's server */
  record(record: AccessRecord, server: string, headerFault: string | undefined): void {
    const { listener, reason, ms, proxy_version: version, proxy_command: command } = record
    this.#connections.inc({ listener, server, outcome: reason })
    if (version !== undefined) this.#headers.inc({ version, command: command ?? '', error: '' })
    else if (headerFault !== undefined) this.#headers.inc({ version: '', command: '', error: headerError(headerFault) })
    if (askedNothing(record)) this.#healthChecks.inc({ listener, peer: this.#checkingPeer(record.peer) })
    if (record.intent !== undefined) this.#handshake.observe((ms.handshake ?? 0) / 1_000)
    if (record.server !== undefined) this.#route.observe((ms.hold ?? 0) / 1_000)
    if (ms.connect !== undefined) this.#connect.observe(ms.connect / 1_000)
  }

  /** Load balancers are few: what goes beyond that is one series. */
  #checkingPeer(peer: string): string {
    if (this.#checkingPeers.size < MAX_PEERS) this.#checkingPeers.add(peer)
    return this.#checkingPeers.has(peer) ? peer : OTHERS
  }

  /** Drops the series of a server. */
  async forget(server: string): Promise<void> {
    const { values } = await this.#connections.get()
    for (const { labels } of values) if (labels.server === server) this.#connections.remove(labels)
  }
}
