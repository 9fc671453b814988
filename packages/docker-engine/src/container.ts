import { at, entriesAt, listOf, textAt } from './json.ts'

/** What the proxy wants to know of a container, from `GET /containers/{id}/json`. */
export interface Container {
  readonly id: string
  /** Without the slash that the engine puts before it. */
  readonly name: string
  /** Epoch milliseconds with their fraction: containers of one `compose up` are a few milliseconds apart. */
  readonly createdMs: number
  readonly labels: ReadonlyMap<string, string>
  readonly condition: Condition
  readonly exposedTcpPorts: readonly number[]
  /** `host`, `none`, `container:<id>`, or the name of its first network. */
  readonly networkMode: string
  /** Those on which it has an address now, by name. */
  readonly networks: readonly ContainerNetwork[]
  readonly publishedPorts: readonly PublishedPort[]
}

/** Whether it can be dialled. Epoch milliseconds are the engine's. */
export type Condition =
  | { readonly kind: 'up' }
  /** Runs, and its health check has not passed yet. */
  | { readonly kind: 'starting' }
  | { readonly kind: 'unhealthy' }
  | { readonly kind: 'paused' }
  | { readonly kind: 'down'; readonly sinceMs: number | undefined }
  /** Created, and nobody has ever started it. */
  | { readonly kind: 'never-started' }

export interface ContainerNetwork {
  readonly name: string
  readonly id: string
  readonly ipv4: string | undefined
  readonly ipv6: string | undefined
  /** The host's own address there. */
  readonly ipv4Gateway: string | undefined
  readonly ipv6Gateway: string | undefined
}

export interface PublishedPort {
  readonly containerPort: number
  /** As published: also `0.0.0.0`, `::` or `127.0.0.1`. */
  readonly hostAddress: string
  readonly hostPort: number
}

/** Reads the engine's answer; undefined where it is no container. */
export function readContainer(inspected: unknown): Container | undefined {
  const id = textAt(inspected, 'Id')
  const name = textAt(inspected, 'Name')
  if (id === undefined || name === undefined) return undefined
  return {
    id,
    name: name.replace(/^\//, ''),
    createdMs: epochMs(textAt(inspected, 'Created')) ?? 0,
    labels: readLabelMap(at(inspected, 'Config', 'Labels')),
    condition: readCondition(inspected),
    exposedTcpPorts: entriesAt(inspected, 'Config', 'ExposedPorts').flatMap(([port]) => tcpPort(port)),
    networkMode: textAt(inspected, 'HostConfig', 'NetworkMode') ?? '',
    networks: readNetworks(inspected),
    publishedPorts: entriesAt(inspected, 'NetworkSettings', 'Ports').flatMap(([port, bindings]) =>
      tcpPort(port).flatMap((containerPort) =>
        listOf(bindings).flatMap((binding) => publishedPort(containerPort, binding)),
      ),
    ),
  }
}

export function readLabelMap(labels: unknown): ReadonlyMap<string, string> {
  return new Map(entriesAt(labels).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])))
}

function readCondition(inspected: unknown): Condition {
  const status = textAt(inspected, 'State', 'Status')
  if (status === 'created') return { kind: 'never-started' }
  if (status === 'paused') return { kind: 'paused' }
  // `restarting` is down too: a container that crashes again and again is between two lives.
  if (status !== 'running') return { kind: 'down', sinceMs: epochMs(textAt(inspected, 'State', 'FinishedAt')) }
  switch (textAt(inspected, 'State', 'Health', 'Status')) {
    case 'starting':
      return { kind: 'starting' }
    case 'unhealthy':
      return { kind: 'unhealthy' }
    default:
      return { kind: 'up' }
  }
}

function readNetworks(inspected: unknown): readonly ContainerNetwork[] {
  return entriesAt(inspected, 'NetworkSettings', 'Networks')
    .map(([name, network]) => ({
      name,
      id: textAt(network, 'NetworkID') ?? '',
      ipv4: textAt(network, 'IPAddress'),
      ipv6: textAt(network, 'GlobalIPv6Address'),
      ipv4Gateway: textAt(network, 'Gateway'),
      ipv6Gateway: textAt(network, 'IPv6Gateway'),
    }))
    .filter(({ ipv4, ipv6 }) => ipv4 !== undefined || ipv6 !== undefined)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** `['25565']` of `25565/tcp`; UDP ports are voice chat or Bedrock, never Java Edition. */
function tcpPort(port: string): readonly number[] {
  const [, digits] = /^(\d{1,5})\/tcp$/.exec(port) ?? []
  return digits === undefined ? [] : [Number(digits)]
}

function publishedPort(containerPort: number, binding: unknown): readonly PublishedPort[] {
  const hostPort = Number(textAt(binding, 'HostPort'))
  if (!Number.isInteger(hostPort) || hostPort < 1) return []
  return [{ containerPort, hostAddress: textAt(binding, 'HostIp') ?? '0.0.0.0', hostPort }]
}

/** The engine's times have nanoseconds, which `Date.parse` cuts to milliseconds; year 1 means never. */
function epochMs(time: string | undefined): number | undefined {
  if (time === undefined || time.startsWith('0001-')) return undefined
  const milliseconds = Date.parse(time)
  if (Number.isNaN(milliseconds)) return undefined
  const [, belowMillisecond = ''] = /\.\d{3}(\d+)/.exec(time) ?? []
  return milliseconds + (belowMillisecond === '' ? 0 : Number(`0.${belowMillisecond}`))
}
