import type { Emission } from '@infrarust/core/provider'
import { type Container, findOwnContainer, type ListedContainer, type View } from '@infrarust/docker-engine'
import type { DockerEndpoint } from '@infrarust/docker-engine/endpoint'
import { Absences } from './absences.ts'
import { satisfies } from './constraints.ts'
import type { Vantage } from './container-address.ts'
import { defineServers } from './definitions.ts'
import type { DockerConfig } from './docker-keys.ts'
import { asksToBeStarted, hasLabelsForUs } from './labels.ts'
import { LastAddresses } from './last-addresses.ts'

/** What a view of the engine means, and until when. */
export interface DockerServers {
  readonly emission: Extract<Emission, { readonly servers: unknown }>
  readonly nextChangeInMs: number | undefined
}

/** Turns views into snapshots of servers; remembers only who is absent and who was where. */
export class ServersOfView {
  readonly #config: DockerConfig
  readonly #endpoint: DockerEndpoint
  readonly #ownIds: readonly string[]
  readonly #absences: Absences
  readonly #lastAddresses = new LastAddresses()
  #ownId: string | undefined

  /** @param ownIds what may be the id of the proxy's own container */
  constructor(config: DockerConfig, endpoint: DockerEndpoint, ownIds: readonly string[]) {
    this.#config = config
    this.#endpoint = endpoint
    this.#ownIds = ownIds
    this.#absences = new Absences(config.offlineMs, ({ labels }) => asksToBeStarted(labels, config.labelPrefix))
  }

  /** The containers to look at: those that may be servers, and the proxy's own. */
  choose(listed: readonly ListedContainer[]): readonly ListedContainer[] {
    const own = findOwnContainer(this.#ownIds, listed)
    this.#ownId = own?.id
    return listed.filter((container) => container === own || this.#mayServe(container))
  }

  /** @param nowMs monotonic milliseconds */
  read(view: View, nowMs: number): DockerServers {
    const own = view.containers.find(({ id }) => id === this.#ownId)
    const serving = view.containers.filter((container) => this.#mayServe(container))
    const { containers, nextChangeInMs } = this.#absences.update({ ...view, containers: serving }, nowMs)
    const vantage = vantageOf(own, this.#endpoint)
    const { servers, diagnostics } = defineServers(containers, view.containers, vantage, this.#config)
    const judged = this.#lastAddresses.judge(servers)
    const unread = view.unread.map(({ about, message }) => ({ level: 'warn' as const, message, about }))
    return { emission: { servers: judged, diagnostics: [...diagnostics, ...unread] }, nextChangeInMs }
  }

  /** The proxy's own container never is a server of itself: a player would go round in circles. */
  #mayServe({ id, labels }: Pick<Container, 'id' | 'labels'>): boolean {
    const { labelPrefix, isExposedByDefault, constraints } = this.#config
    const isMeant = isExposedByDefault || hasLabelsForUs(labels, labelPrefix)
    return id !== this.#ownId && isMeant && satisfies(labels, constraints)
  }
}

function vantageOf(own: Container | undefined, endpoint: DockerEndpoint): Vantage {
  if (own !== undefined && own.networkMode !== 'host') return { kind: 'container', networks: own.networks }
  const isElsewhere = own === undefined && endpoint.kind === 'tcp' && !isLoopback(endpoint.host)
  return isElsewhere ? { kind: 'elsewhere', engineHost: endpoint.host } : { kind: 'host' }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}
