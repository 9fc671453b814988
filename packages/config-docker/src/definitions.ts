import { parseDomainPattern } from '@infrarust/core'
import { type Diagnostic, type ServerDefinition, show } from '@infrarust/core/provider'
import { type Condition, type Container, networkOwner } from '@infrarust/docker-engine'
import type { PresentContainer } from './absences.ts'
import { type AddressOptions, chooseAddress, type Vantage } from './container-address.ts'
import { isDomainAllowed, type LabelRules, withinRules } from './label-rules.ts'
import { isStartedHere, type LabelledServer, type LabelOptions, readContainerLabels } from './labels.ts'

/** A Minecraft server's own port. */
const DEFAULT_PORT = 25_565

/** `core` takes ids of up to 64 characters; names of containers may be longer. */
const LONGEST_ID = 64

/** A server as the registry gets it, with what only this provider needs. */
export interface Defined {
  readonly definition: ServerDefinition
  /** Where the container itself is; undefined while it is not up, or where that cannot be told. */
  readonly address: string | undefined
}

/**
 * What containers mean: a pure function of what the engine says and of where the proxy is.
 *
 * @param containers those that may be servers
 * @param all those and the ones whose network they share
 */
export function defineServers(
  containers: readonly PresentContainer[],
  all: readonly Container[],
  vantage: Vantage,
  options: LabelOptions & AddressOptions & LabelRules,
): { readonly servers: readonly Defined[]; readonly diagnostics: readonly Diagnostic[] } {
  const servers: Defined[] = []
  const diagnostics: Diagnostic[] = []
  for (const container of containers) {
    const meaning = readContainerLabels(container, options)
    if (meaning.warning !== undefined) diagnostics.push(warningAbout(container, meaning.warning))
    if (meaning.kind === 'ignored') continue
    const networked = withNetworkOf(container, all)
    for (const written of meaning.servers) {
      const server = sleeper(container, written, meaning.servers.length, options)
      const { warning, ...defined } = defineServer(networked, server, vantage, options)
      servers.push(defined)
      if (warning !== undefined) diagnostics.push(warningAbout(container, warning))
    }
  }
  return { servers, diagnostics }
}

/** What is said of one container is counted together, so that none fills the log. */
function warningAbout({ name }: Container, message: string): Diagnostic {
  return { level: 'warn', message, about: `container "${name}"` }
}

function defineServer(
  container: Container,
  server: LabelledServer,
  vantage: Vantage,
  options: AddressOptions & LabelRules,
): Defined & { readonly warning?: string } {
  const { name } = container
  const isManaged = isStartedHere(server)
  const isUp = canBeDialled(container.condition, isManaged)
  // What sleeps competes like what runs: it is only to be woken.
  const state = isManaged ? 'online' : stateOf(container.condition)
  const labelOf = (key: string) => labelName(server, [key], options.labelPrefix)
  const { values: allowed, refusals } = withinRules(server.values, container.networks, options, labelOf)
  const { domains, problem } = domainsOf(container, server, options)
  const values = { id: idOf(container, server), name: server.name ?? name, domains, ...allowed }
  const problems = [
    ...server.problems,
    ...[...refusals, ...(problem === undefined ? [] : [problem])].map((why) => `container "${name}": ${why}`),
  ]
  const definition: ServerDefinition = {
    // Its name, not its id: a container that compose makes anew is the same server to its players.
    key: server.name === undefined ? name : `${name}/${server.name}`,
    source: sourceOf(container, server),
    locate: (path) => placeOf(container, server, path, options.labelPrefix),
    precedence: precedenceOf(container, state),
    values,
    problems,
    // What was allowed before the operator said otherwise is not, from then on.
    keepsLastGood: problems.length === server.problems.length,
    about: `container "${name}"`,
    state,
    mayBeForwarded: options.isForwardingAllowed,
  }
  // What is not up is answered for and never dialled, so it needs no address.
  if (!isUp) return { definition, address: undefined }

  const wanted = { port: server.port ?? portOf(container), network: server.network }
  const chosen = chooseAddress(container, wanted, vantage, options)
  if ('addresses' in values) return { definition, address: chosen.kind === 'address' ? chosen.address : undefined }
  if (chosen.kind === 'none') {
    const unreachable = [...problems, `container "${name}": ${chosen.problem}`]
    return { definition: { ...definition, problems: unreachable }, address: undefined }
  }
  const { address, warning } = chosen
  const addressed = { ...definition, values: { ...values, addresses: [address] } }
  const text = warning === undefined ? {} : { warning: `container "${name}": ${warning}` }
  return { definition: addressed, address, ...text }
}

/**
 * A server with what its container can do for it. One that was removed cannot be started; of several servers in one container
 * none can be stopped without the others; and the address of one that does not run is somebody else's by now.
 */
function sleeper(
  { name, condition, isRemoved }: PresentContainer,
  server: LabelledServer,
  serversInContainer: number,
  { labelPrefix }: LabelOptions,
): LabelledServer {
  if (!isStartedHere(server)) return server
  const { server_manager: manager, addresses, ...rest } = server.values
  if (isRemoved) return { ...server, values: { ...rest, ...(addresses !== undefined && { addresses }) } }
  const isUp = canBeDialled(condition, true)
  const values = { ...rest, ...(isUp && addresses !== undefined && { addresses }), server_manager: manager }
  if (serversInContainer === 1) return { ...server, values }
  const label = labelName(server, ['server_manager', 'type'], labelPrefix)
  const problem = `container "${name}": label ${label} would stop all ${serversInContainer} servers of the container; give each a container of its own`
  return { ...server, values, problems: [...server.problems, problem] }
}

/** Where no label names one. None where the names are no parts of a domain: then one must be given. */
function domainsOf(
  { name }: Container,
  server: LabelledServer,
  options: AddressOptions & LabelRules,
): { readonly domains: readonly string[]; readonly problem?: string } {
  const domain = `${server.name === undefined ? '' : `${server.name}.`}${name}.docker.local`
  if (parseDomainPattern(domain).kind === 'invalid') return { domains: [] }
  if (isDomainAllowed(domain, options)) return { domains: [domain] }
  if ('domains' in server.values || server.values.default === true) return { domains: [] }
  const label = labelName(server, ['domains'], options.labelPrefix)
  const problem = `has no label ${label}, and ${domain} is not among domains in [docker]; add that label`
  return { domains: [], problem }
}

/** What is started for players is dialled once it answers a ping, whatever its health check says by then. */
function canBeDialled(condition: Condition, isManaged: boolean): boolean {
  switch (condition.kind) {
    case 'up':
      return true
    case 'starting':
    case 'unhealthy':
      return isManaged
    case 'paused':
    case 'down':
    case 'never-started':
      return false
  }
}

/** Only what runs, and passes its health check where it has one, is dialled and competes for its domains. */
function stateOf(condition: Condition): 'online' | 'starting' | 'offline' {
  switch (condition.kind) {
    case 'up':
      return 'online'
    case 'starting':
      return 'starting'
    case 'unhealthy':
    case 'paused':
    case 'down':
    case 'never-started':
      return 'offline'
  }
}

/**
 * Created first, preferred first; servers of files, which have 0, before all of them. Among those that are not up a starting
 * one says more than one that is gone.
 */
function precedenceOf({ createdMs }: Container, state: ServerDefinition['state']): number {
  const isComing = state !== 'offline'
  return Math.max(1, createdMs) + (isComing ? 0 : OFFLINE_PENALTY_MS)
}

/** Longer than any two containers can be apart. */
const OFFLINE_PENALTY_MS = 1e13

/** Sharing another container's network, it has the addresses and published ports of that one. */
function withNetworkOf(container: Container, all: readonly Container[]): Container {
  const ownerId = networkOwner(container.networkMode)
  const owner = ownerId === undefined ? undefined : all.find(({ id }) => id === ownerId)
  if (owner === undefined) return container
  const { networkMode, networks, publishedPorts } = owner
  return { ...container, networkMode, networks, publishedPorts }
}

function portOf({ exposedTcpPorts }: Container): number {
  const [only, ...others] = exposedTcpPorts
  return only !== undefined && others.length === 0 ? only : DEFAULT_PORT
}

function idOf({ name, id }: Container, server: LabelledServer): string {
  const whole = server.name === undefined ? name : `${name}.${server.name}`
  return whole.length <= LONGEST_ID ? whole : `${whole.slice(0, LONGEST_ID - 13)}-${id.slice(0, 12)}`
}

function sourceOf({ name }: Pick<Container, 'name'>, server: LabelledServer): string {
  return server.name === undefined ? `container "${name}"` : `container "${name}" (server "${server.name}")`
}

/** Where the registry finds a fault: the whole label, and its value where there is one. */
function placeOf(
  { name, labels }: Pick<Container, 'name' | 'labels'>,
  server: LabelledServer,
  path: readonly string[],
  prefix: string,
): string {
  if (path.length === 0) return sourceOf({ name }, server)
  const label = labelName(server, path, prefix)
  const text = labels.get(label)
  return `container "${name}": label ${label}${text === undefined ? '' : `=${show(text)}`}`
}

function labelName({ name }: LabelledServer, path: readonly string[], prefix: string): string {
  return [prefix, ...(name === undefined ? [] : [name]), ...path].join('.')
}
