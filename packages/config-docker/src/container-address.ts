import { endpointText } from '@infrarust/core'
import type { Container, ContainerNetwork, PublishedPort } from '@infrarust/docker-engine'
import type { DockerConfig } from './docker-keys.ts'

/** From where the proxy reaches containers. */
export type Vantage =
  /** On the engine's own machine: the host has an address on every bridge. */
  | { readonly kind: 'host' }
  /** In a container of this engine, on these networks. */
  | { readonly kind: 'container'; readonly networks: readonly ContainerNetwork[] }
  /** On another machine, which reaches the engine's under this name or address. */
  | { readonly kind: 'elsewhere'; readonly engineHost: string }

/** What `[docker]` says about addresses. */
export type AddressOptions = Pick<DockerConfig, 'network' | 'usePublishedPorts' | 'labelPrefix'>

/** What the labels of a server ask for. */
export interface WantedAddress {
  readonly port: number
  readonly network: string | undefined
}

export type ChosenAddress =
  /** `address` as a server's file has it: `172.18.0.3:25565`, `[fd00::3]:25565`. */
  | { readonly kind: 'address'; readonly address: string; readonly warning: string | undefined }
  /** Continues a sentence that begins with the container. */
  | { readonly kind: 'none'; readonly problem: string }

/**
 * Where a container is reached: on the network that its label names, else on the preferred one, else on one that it shares
 * with the proxy, else through a published port where none is shared, else on its only one. Never a guess between several.
 */
export function chooseAddress(
  container: Pick<Container, 'networkMode' | 'networks' | 'publishedPorts' | 'labels'>,
  wanted: WantedAddress,
  vantage: Vantage,
  options: AddressOptions,
): ChosenAddress {
  const { port } = wanted
  if (container.networkMode === 'host') return hostAddress(vantage, port)
  const published = () => publishedAddress(container.publishedPorts, port, vantage)
  if (options.usePublishedPorts === 'always')
    return (
      published() ??
      none(
        `does not publish port ${port} where the proxy could reach it; publish it, or write use_published_ports = "auto"`,
      )
    )

  const choice = chooseNetwork(container, wanted, vantage, options)
  const isAuto = options.usePublishedPorts === 'auto'
  if (choice.kind === 'none') return (isAuto && choice.isForLackOfShared ? published() : undefined) ?? choice
  const { network, warning } = choice
  const address = endpointText({ host: network.ipv4 ?? network.ipv6 ?? '', port })
  if (!isAuto || isReachable(network, vantage)) return { kind: 'address', address, warning }
  const unreachable = `the proxy is not on its network "${network.name}", and port ${port} is not published; ${address} may be out of reach`
  return published() ?? { kind: 'address', address, warning: warning ?? unreachable }
}

type ChosenNetwork =
  | { readonly kind: 'network'; readonly network: ContainerNetwork; readonly warning?: string }
  | { readonly kind: 'none'; readonly problem: string; readonly isForLackOfShared: boolean }

function chooseNetwork(
  { networks, labels }: Pick<Container, 'networks' | 'labels'>,
  wanted: WantedAddress,
  vantage: Vantage,
  { network: preferredNetwork, labelPrefix }: AddressOptions,
): ChosenNetwork {
  const [first, ...others] = networks
  const label = `${labelPrefix}.network`
  if (first === undefined)
    return { kind: 'none', problem: 'is on no network; connect it to one', isForLackOfShared: true }
  const project = labels.get('com.docker.compose.project')
  const find = (name: string) => networks.find((network) => isCalled(network, name, project))
  if (wanted.network !== undefined) {
    const named = find(wanted.network)
    if (named !== undefined) return { kind: 'network', network: named }
    if (others.length === 0) {
      const warning = `label ${label} is "${wanted.network}", but it is only on "${first.name}", which is used`
      return { kind: 'network', network: first, warning }
    }
    const problem = `label ${label} is "${wanted.network}"; it is on ${namesOf(networks)}`
    return { kind: 'none', problem, isForLackOfShared: false }
  }
  const preferred = preferredNetwork === undefined ? undefined : find(preferredNetwork)
  const network = preferred ?? networks.find((candidate) => isShared(candidate, vantage))
  if (network !== undefined) return { kind: 'network', network }
  if (others.length === 0) return { kind: 'network', network: first }
  const problem = `is on ${namesOf(networks)}, and nothing says on which it is reached; add the label ${label}`
  return { kind: 'none', problem, isForLackOfShared: vantage.kind !== 'host' }
}

/** By its name, its id (whole or as the commands print it), or its name in the compose file. */
function isCalled({ name, id }: ContainerNetwork, wanted: string, project: string | undefined): boolean {
  return (
    name === wanted ||
    (project !== undefined && name === `${project}_${wanted}`) ||
    (/^[0-9a-f]{12,64}$/.test(wanted) && id.startsWith(wanted))
  )
}

/** Containers reach each other on a common network only: the engine drops packets from one bridge to another. */
function isShared({ id }: ContainerNetwork, vantage: Vantage): boolean {
  return vantage.kind === 'container' && vantage.networks.some((own) => own.id === id)
}

function isReachable(network: ContainerNetwork, vantage: Vantage): boolean {
  return vantage.kind === 'host' || isShared(network, vantage)
}

/** A container on the host's own network listens on the host. */
function hostAddress(vantage: Vantage, port: number): ChosenAddress {
  const host = hostSeenFrom(vantage, '0.0.0.0')
  return host === undefined
    ? none('is on the network of the host, which the proxy cannot reach from its own; connect both to one network')
    : { kind: 'address', address: endpointText({ host, port }), warning: undefined }
}

function publishedAddress(ports: readonly PublishedPort[], port: number, vantage: Vantage): ChosenAddress | undefined {
  for (const { containerPort, hostAddress, hostPort } of ports) {
    const host = containerPort === port ? hostSeenFrom(vantage, hostAddress) : undefined
    if (host !== undefined)
      return { kind: 'address', address: endpointText({ host, port: hostPort }), warning: undefined }
  }
  return undefined
}

/** The address under which the proxy reaches something that listens on this address of the engine's machine. */
function hostSeenFrom(vantage: Vantage, listening: string): string | undefined {
  const isAny = listening === '0.0.0.0' || listening === '::'
  const isLoopback = listening.startsWith('127.') || listening === '::1'
  switch (vantage.kind) {
    case 'host':
      return isAny ? (listening === '::' ? '::1' : '127.0.0.1') : listening
    case 'container': {
      if (isLoopback) return undefined
      const gateways = vantage.networks.map((network) =>
        listening === '::' ? network.ipv6Gateway : network.ipv4Gateway,
      )
      return isAny ? gateways.find((gateway) => gateway !== undefined) : listening
    }
    case 'elsewhere':
      if (isLoopback) return undefined
      return isAny ? vantage.engineHost : listening
  }
}

function namesOf(networks: readonly ContainerNetwork[]): string {
  return `the networks ${networks.map(({ name }) => `"${name}"`).join(' and ')}`
}

function none(problem: string): ChosenAddress {
  return { kind: 'none', problem }
}
