import { type LabelFault, nearest, readLabels, show } from '@infrarust/core/provider'
import type { Container } from '@infrarust/docker-engine'
import type { DockerConfig } from './docker-keys.ts'
import { excessOf, shortList } from './label-bounds.ts'
import { labelKeys } from './label-keys.ts'

/** What the labels of one container say. */
export type Meaning =
  /** `warning` where labels are there that nobody reads, or too many of them. */
  | { readonly kind: 'ignored'; readonly warning: string | undefined }
  /** `warning` where beside them are labels that were probably meant for us. */
  | { readonly kind: 'servers'; readonly servers: readonly LabelledServer[]; readonly warning: string | undefined }

export interface LabelledServer {
  /** The middle part of `infrarust.<server>.<key>`; undefined for the container's own server. */
  readonly name: string | undefined
  /** As a TOML file would hold them; what is wrong is there too, and unknown labels are not. */
  readonly values: Readonly<Record<string, unknown>>
  readonly port: number | undefined
  readonly network: string | undefined
  /** Each names the container, the whole label, its value and what is accepted, in one line. */
  readonly problems: readonly string[]
}

/** What `[docker]` says about labels. */
export type LabelOptions = Pick<DockerConfig, 'labelPrefix' | 'isExposedByDefault'>

/** Reads the labels of a container. */
export function readContainerLabels(container: Pick<Container, 'name' | 'labels'>, options: LabelOptions): Meaning {
  const { labelPrefix, isExposedByDefault } = options
  const labels = labelsUnder(container.labels, labelPrefix)
  const enable = labels.get('enable')
  labels.delete('enable')
  const stray = strayLabel(container, labelPrefix)
  if (enable === undefined && !isExposedByDefault) {
    const disabled = labels.size === 0 ? undefined : notEnabled(container.name, labels, labelPrefix)
    return { kind: 'ignored', warning: stray ?? disabled }
  }

  // Before anything is made of them, but of those of a container that is meant to be a server only.
  const excess = excessOf(labels)
  if (excess !== undefined)
    return { kind: 'ignored', warning: `container "${container.name}": ${excess}, so it is left out` }

  const inWords = faultText(container.name, labelPrefix)
  const enabled = readLabels(labelKeys, enable === undefined ? [] : [['enable', enable]])
  if (enabled.values.enable === false) return { kind: 'ignored', warning: undefined }

  const byServer = groupByServer(labels)
  // The network is a fact of the container, so one label serves all its servers.
  const sharedNetwork = labels.get('network')
  if (byServer.size > 1 && isOnlyNetwork(byServer.get(undefined))) byServer.delete(undefined)
  const servers = [...byServer].flatMap(([name, own]): readonly LabelledServer[] => {
    const inherited: [string, string][] = sharedNetwork === undefined ? [] : [['network', sharedNetwork]]
    const { values, faults } = readLabels(labelKeys, new Map([...inherited, ...own]))
    const { enable: isWanted, port, network, ...rest } = values
    if (isWanted === false) return []
    return [
      {
        name,
        values: rest,
        port: typeof port === 'number' ? port : undefined,
        network: typeof network === 'string' ? network.trim() : undefined,
        problems: shortList([...enabled.faults, ...faults.map((fault) => inServer(fault, name))].map(inWords)),
      },
    ]
  })
  return { kind: 'servers', servers, warning: stray }
}

/** Whether it is started for players, and stopped without them. */
export function isStartedHere({ values: { server_manager: manager } }: Pick<LabelledServer, 'values'>): boolean {
  if (typeof manager !== 'object' || manager === null || !('type' in manager)) return false
  return typeof manager.type === 'string' && manager.type.trim() === 'docker'
}

/** Whether a container asks for that, before its labels are read: `infrarust.server_manager.type`, or that of a server of its. */
export function asksToBeStarted(labels: ReadonlyMap<string, string>, prefix: string): boolean {
  return [...labels].some(
    ([name, value]) =>
      name.startsWith(`${prefix}.`) && name.endsWith('.server_manager.type') && value.trim() === 'docker',
  )
}

/** Names without the prefix and its dot. */
function labelsUnder(labels: ReadonlyMap<string, string>, prefix: string): Map<string, string> {
  const under = new Map<string, string>()
  for (const [name, value] of labels) if (name.startsWith(`${prefix}.`)) under.set(name.slice(prefix.length + 1), value)
  return under
}

/** What is said of a label that was probably meant for us. */
function strayLabel({ name, labels }: Pick<Container, 'name' | 'labels'>, prefix: string): string | undefined {
  for (const label of labels.keys()) {
    const key = strayKey(label, prefix)
    if (key === undefined) continue
    const instead = `labels begin with "${prefix}.", as in ${prefix}.${key}`
    return `container "${name}": label ${label} is not read; ${instead}`
  }
  return undefined
}

function strayKey(label: string, prefix: string): string | undefined {
  return label.startsWith(`${prefix}.`) ? undefined : meantKey(label.trim().toLowerCase(), prefix.toLowerCase())
}

/**
 * What stands behind something like the prefix: the prefix in another case, alone, with another sign behind it, behind
 * somebody's domain, or misspelt. Without a key of ours behind them the last three are labels of other programs.
 */
function meantKey(label: string, prefix: string): string | undefined {
  if (label === prefix) return 'enable'
  const domain = label.lastIndexOf(`.${prefix}.`)
  if (domain >= 0) return meantKey(label.slice(domain + 1), prefix)
  const rest = label.slice(prefix.length + 1)
  if (label.startsWith(`${prefix}.`)) return rest || 'enable'
  if (label.startsWith(prefix) && /[:/_\s-]/.test(label.charAt(prefix.length))) return ourKey(rest)
  const [first = '', ...parts] = label.split(/[.:/-]/)
  const [misspelt = '', ...words] = parts.length === 0 ? first.split('_') : [first, parts.join('.')]
  return nearest(misspelt, [prefix]) === undefined ? undefined : ourKey(words.join('_'))
}

/** In dots, where one of its parts is a key. */
function ourKey(text: string): string | undefined {
  const parts = text.split(/[.:/\s-]+/)
  return parts.some((part) => KEYS.has(part) || part === 'enable') ? parts.join('.') : undefined
}

/** Whether a container has any label under the prefix, or one that was probably meant for us. */
export function hasLabelsForUs(labels: ReadonlyMap<string, string>, prefix: string): boolean {
  return [...labels.keys()].some((label) => label.startsWith(`${prefix}.`) || strayKey(label, prefix) !== undefined)
}

function notEnabled(container: string, labels: ReadonlyMap<string, string>, prefix: string): string {
  const [first = ''] = labels.keys()
  const others = labels.size === 1 ? '' : ` and ${labels.size - 1} more`
  return `container "${container}": label ${prefix}.${first}${others} is ignored; add the label ${prefix}.enable=true`
}

type ServerName = string | undefined

/** Labels by server, the container's own one first; it is there where no other is. */
function groupByServer(labels: ReadonlyMap<string, string>): Map<ServerName, [string, string][]> {
  const names = namedServers(labels)
  const groups = new Map<ServerName, [string, string][]>([[undefined, []]])
  for (const [label, value] of labels) {
    const [first = '', ...rest] = label.split('.')
    const server = rest.length > 0 && names.has(first) ? first : undefined
    const group = groups.get(server) ?? []
    group.push([server === undefined ? label : rest.join('.'), value])
    groups.set(server, group)
  }
  if (groups.size > 1 && groups.get(undefined)?.length === 0) groups.delete(undefined)
  return groups
}

/**
 * Which first parts name a server: those that are no key themselves and stand before one. What is neither is a misspelling,
 * of a table if one is near (`timeuots.connect`), else of a server's key (`lobby.domians`).
 */
function namedServers(labels: ReadonlyMap<string, string>): ReadonlySet<string> {
  const names = new Set<string>()
  for (const label of labels.keys()) {
    const [first = '', second] = label.split('.')
    if (second === undefined || KEYS.has(first)) continue
    if (KEYS.has(second) || nearest(first, TABLES) === undefined) names.add(first)
  }
  return names
}

const KEYS: ReadonlySet<string> = new Set(labelKeys.rows.map(([, row]) => row.name))
const TABLES: readonly string[] = labelKeys.rows.flatMap(([, row]) => (row.kind === 'table' ? [row.name] : []))

function isOnlyNetwork(labels: readonly [string, string][] | undefined): boolean {
  return labels?.length === 1 && labels[0]?.[0] === 'network'
}

function inServer(fault: LabelFault, server: ServerName): LabelFault {
  return server === undefined ? fault : { ...fault, name: `${server}.${fault.name}` }
}

function faultText(container: string, prefix: string): (fault: LabelFault) => string {
  return ({ name, text, fault }) => {
    // Faults of a value begin with it, as a text or as a number; those of the label itself do not know it.
    const isValueShown = [`is ${show(text)};`, `is ${text.trim()};`].some((beginning) => fault.startsWith(beginning))
    return `container "${container}": label ${prefix}.${name}${isValueShown ? '' : `=${show(text)}`} ${fault}`
  }
}
