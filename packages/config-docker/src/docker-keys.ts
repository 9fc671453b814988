import type { Cidr } from '@infrarust/core'
import {
  boolean,
  domainPattern,
  duration,
  gives,
  isNot,
  type KeyTable,
  keyTable,
  list,
  network,
  text,
  type ValueType,
} from '@infrarust/core/provider'
import { type DockerEndpoint, type DockerTls, dockerEndpoint, dockerTlsKeys } from '@infrarust/docker-engine/endpoint'
import { type LabelConstraint, labelConstraint } from './label-constraint.ts'
import { type PublishedPortUse, publishedPortUse } from './published-port-use.ts'

/** What the `[docker]` table of `infrarust.toml` says. */
export interface DockerConfig {
  /** Undefined: `DOCKER_HOST`, else the socket of a local engine. */
  readonly endpoint: DockerEndpoint | undefined
  readonly tls: DockerTls
  /** Name or id of the network on which containers are reached where their labels name none. */
  readonly network: string | undefined
  readonly pollIntervalMs: number
  /** Before the second attempt to reach the engine; doubled for each further one up to a ceiling. */
  readonly reconnectDelayMs: number
  /** All must hold; a container that fails one does not exist for the proxy. */
  readonly constraints: readonly LabelConstraint[]
  readonly isExposedByDefault: boolean
  readonly usePublishedPorts: PublishedPortUse
  /** Networks to which a label may lead beside its own container. */
  readonly allowedAddresses: readonly Cidr[]
  /** Patterns that cover what labels may claim; undefined: any name. */
  readonly domains: readonly string[] | undefined
  /** Whether labels may take every domain that no other server has. */
  readonly isDefaultAllowed: boolean
  /** Whether labels may have players announced to their container. */
  readonly isForwardingAllowed: boolean
  /** Without the dot behind it. */
  readonly labelPrefix: string
  /** How long a container that stopped, was paused or removed is still answered for. */
  readonly offlineMs: number
}

/** A dot at its end means the same as none: taken as it is, no label would begin with it, and no server be found. */
const labelPrefix: ValueType<string> = {
  ...text({ maxLength: 128 }),
  read(written) {
    const reading = text({ maxLength: 128 }).read(written)
    if (reading.kind === 'fault') return reading
    const prefix = reading.value.replace(/\.+$/, '')
    return prefix === '' ? isNot(written, 'write what labels begin with, such as "infrarust"') : gives(prefix)
  },
}

/** Keys of `[docker]`. */
export const dockerKeys: KeyTable<DockerConfig> = keyTable<DockerConfig>(
  {
    endpoint: {
      kind: 'key',
      from: 'operator',
      name: 'endpoint',
      type: dockerEndpoint,
      default: undefined,
      absent: '`DOCKER_HOST`, else `"unix:///var/run/docker.sock"`',
      description: 'Where the Docker Engine listens: `unix://` or `tcp://`.',
      example: 'tcp://socket-proxy:2375',
      reload: 'live',
    },
    network: {
      kind: 'key',
      from: 'operator',
      name: 'network',
      type: text({ maxLength: 256 }),
      default: undefined,
      absent: "the network shared with the proxy's own container, else the container's only one",
      description: 'Docker network (name or id) on which containers are reached whose labels name none.',
      example: 'minecraft',
      reload: 'live',
    },
    pollIntervalMs: {
      kind: 'key',
      from: 'operator',
      name: 'poll_interval',
      type: duration({ minMs: 1_000 }),
      default: '30s',
      description: 'Everything is read again so often, as a safety net; changes are noticed at once without it.',
      example: '1m',
      reload: 'live',
    },
    reconnectDelayMs: {
      kind: 'key',
      from: 'operator',
      name: 'reconnect_delay',
      type: duration({ minMs: 100, maxMs: 600_000 }),
      default: '1s',
      description: 'Before an engine that went away is tried again; doubled each time, up to 10 s.',
      example: '2s',
      reload: 'live',
    },
    constraints: {
      kind: 'key',
      from: 'operator',
      name: 'constraints',
      type: list(labelConstraint, 'constraints'),
      default: [],
      description:
        'Labels that a container must have (`name`, `name=value`) or must not have (`!name`, `!name=value`).',
      example: ['com.example.stage=production', '!com.example.hidden'],
      reload: 'live',
    },
    isExposedByDefault: {
      kind: 'key',
      from: 'operator',
      name: 'exposed_by_default',
      type: boolean,
      default: false,
      description: 'Whether containers without an `enable` label are servers too.',
      example: true,
      reload: 'live',
    },
    usePublishedPorts: {
      kind: 'key',
      from: 'operator',
      name: 'use_published_ports',
      type: publishedPortUse,
      default: 'auto',
      description:
        'Whether containers are reached through the ports that they publish on the host. `"auto"` does so when the proxy is not on their network.',
      example: true,
      reload: 'live',
    },
    allowedAddresses: {
      kind: 'key',
      from: 'operator',
      name: 'allow_addresses',
      type: list(network, 'networks'),
      default: [],
      description:
        'Networks to which the label `addresses` may lead. Without one a label leads to its own container only.',
      example: ['10.0.0.0/8'],
      reload: 'live',
    },
    domains: {
      kind: 'key',
      from: 'operator',
      name: 'domains',
      type: list(domainPattern, 'domains', { minLength: 1 }),
      default: undefined,
      absent: 'any domain',
      description:
        'Domains that labels may claim, as in the `domains` of a server; a wildcard of theirs must lie in one.',
      example: ['*.example.com'],
      reload: 'live',
    },
    isDefaultAllowed: {
      kind: 'key',
      from: 'operator',
      name: 'allow_default',
      type: boolean,
      default: false,
      description:
        'Whether labels may take every domain that no server has, by `default` or by a pattern of wildcards alone such as `*`.',
      example: true,
      reload: 'live',
    },
    isForwardingAllowed: {
      kind: 'key',
      from: 'operator',
      name: 'forwarding',
      type: boolean,
      default: false,
      description:
        'Whether containers are told who players are, as `[forwarding]` or their label `forwarding_mode` says; the token of `bungeeguard` never. A container could show what it is told to another server with the same secret.',
      example: true,
      reload: 'live',
    },
    labelPrefix: {
      kind: 'key',
      from: 'operator',
      name: 'label_prefix',
      type: labelPrefix,
      default: 'infrarust',
      description: 'What the labels begin with, up to the dot.',
      example: 'com.example.minecraft',
      reload: 'live',
    },
    offlineMs: {
      kind: 'key',
      from: 'operator',
      name: 'offline_time',
      type: duration(),
      default: '5m',
      description: 'How long the domains of a stopped, paused or removed container are answered for as offline.',
      example: '1h',
      reload: 'live',
    },
    tls: { kind: 'table', name: 'tls', description: 'Files for a `tcp://` endpoint with TLS.', table: dockerTlsKeys },
  },
  {
    elsewhere: {
      docker_host: 'write endpoint',
      polling_interval: 'write poll_interval',
      watch: 'remove it: changes are always noticed at once',
      default_domains: 'remove it: write the label domains on the container',
    },
  },
)
