import { isIP } from 'node:net'
import { canonicalAddress } from '@infrarust/proxy-protocol'
import type { SocketAddress } from '../addresses/socket-address.ts'
import { isUnixName } from '../addresses/unix-name.ts'
import type { BackendAddress } from '../config/values/host-and-port.ts'
import type { Server } from '../server/server.ts'
import { DEFAULT_REFRESH_TIMINGS, FollowedNames, type RefreshTimings } from './followed-names.ts'
import type { NameAnswer, NameTarget } from './name-lookup.ts'

export const DEFAULT_MINECRAFT_PORT = 25_565

/** Where a server can be dialled: an address of IP, canonical, and a port, or a Unix socket, which has none. */
export type Endpoint = SocketAddress & {
  /** As configured, or the SRV record's owner: for records and messages. */
  readonly host: string
}

/** Where a server can be dialled now. */
export type Endpoints =
  /** At least one, in the order of failover; `own` are those left out because they are listeners of this proxy. */
  | { readonly kind: 'ready'; readonly endpoints: readonly Endpoint[]; readonly own?: readonly Endpoint[] }
  /** Every address is a listener of this proxy: dialled, it would lead back here. */
  | { readonly kind: 'loop'; readonly own: readonly Endpoint[] }
  /** A name has no answer yet. Ask again when `done` resolves, 2 s from now at most: it is not `pending` any more then. */
  | { readonly kind: 'pending'; readonly done: PromiseLike<unknown> }
  | { readonly kind: 'failed'; readonly message: string }

/** Who looks names up, and who hears of it. */
export interface BackendNamesOptions {
  /** Never rejects. `NameLookup.lookUp`. */
  readonly lookUp: (host: string, wantsSrv: boolean) => Promise<NameAnswer>
  readonly log: (message: string) => void
  /** Whether this is a listener of the proxy itself, which nobody is to dial. `OwnEndpoints.has`. */
  readonly isOwn?: (endpoint: Endpoint) => boolean
  readonly timings?: Partial<NameTimings>
}

/** How long names are waited for and kept, in milliseconds. */
export interface NameTimings extends RefreshTimings {
  /** How long a connection is held for a name's first answer. */
  readonly firstAnswerMs: number
}

const DEFAULT_NAME_TIMINGS: NameTimings = { ...DEFAULT_REFRESH_TIMINGS, firstAnswerMs: 2_000 }

/**
 * The addresses of all backends. Names are looked up when their server is loaded and again in the background; a
 * connection only reads what is known. The last good answer stays while a resolver is silent.
 */
export class BackendNames {
  readonly #options: BackendNamesOptions
  readonly #timings: NameTimings
  readonly #names = new Map<string, KnownName>()
  /** Of servers without a name among their addresses: nothing about them changes. */
  readonly #fixed = new Map<Server, Endpoints>()
  readonly #follower: FollowedNames<KnownName>

  constructor(options: BackendNamesOptions) {
    this.#options = options
    this.#timings = { ...DEFAULT_NAME_TIMINGS, ...options.timings }
    this.#follower = new FollowedNames({
      lookUp: options.lookUp,
      onAnswer: (name, answer) => this.#answered(name, answer),
      timings: this.#timings,
    })
  }

  /** Keeps exactly the names of these servers known; new ones are looked up now. */
  use(servers: readonly Server[]): void {
    const wanted = new Set<string>()
    this.#fixed.clear()
    for (const server of servers) {
      const named = server.addresses.filter((backend) => withoutLookup(backend) === undefined)
      if (named.length === 0) this.#fixed.set(server, this.#find(server))
      for (const backend of named) wanted.add(this.#name(backend).key)
    }
    for (const [key, name] of this.#names) {
      if (wanted.has(key)) continue
      this.#names.delete(key)
      this.#follower.forget(name)
      settle(name, 'failed')
    }
  }

  /** Looks the names of this server up again at once: something has happened to it. */
  refresh(server: Server): void {
    for (const backend of server.addresses)
      if (withoutLookup(backend) === undefined) this.#follower.askNow(this.#name(backend))
  }

  /** Where to dial this server now. */
  of(server: Server): Endpoints {
    return this.#withoutOwn(this.#fixed.get(server) ?? this.#find(server))
  }

  /** Asked each time: listeners are bound after the first servers are known, and addresses of this machine change. */
  #withoutOwn(found: Endpoints): Endpoints {
    const { isOwn } = this.#options
    if (isOwn === undefined || found.kind !== 'ready') return found
    if (!found.endpoints.some(isOwn)) return found
    const own = found.endpoints.filter(isOwn)
    const endpoints = found.endpoints.filter((endpoint) => !own.includes(endpoint))
    return endpoints.length === 0 ? { kind: 'loop', own } : { kind: 'ready', endpoints, own }
  }

  #find(server: Server): Endpoints {
    const endpoints: Endpoint[] = []
    const failures: string[] = []
    const pending: Promise<void>[] = []
    for (const backend of server.addresses) {
      const known = withoutLookup(backend)
      if (known !== undefined) {
        endpoints.push(known)
        continue
      }
      const name = this.#name(backend)
      for (const target of name.targets) endpoints.push(endpoint(backend, target))
      if (name.state === 'asking') pending.push(this.#firstAnswer(name))
      else if (name.targets.length === 0) failures.push(name.failure)
    }
    // Also where a later address is known: the first one would be passed over only because the proxy is young.
    if (pending.length > 0) return { kind: 'pending', done: Promise.all(pending).then(() => undefined) }
    if (endpoints.length > 0) return { kind: 'ready', endpoints }
    return { kind: 'failed', message: failures.join('; ') || 'the server has no address' }
  }

  /** Ends the refreshing. */
  stop(): void {
    this.use([])
  }

  #name(backend: BackendAddress): KnownName {
    const wantsSrv = backend.port === undefined
    const key = `${wantsSrv ? 'srv' : 'address'} ${backend.host.toLowerCase()}`
    const known = this.#names.get(key)
    if (known !== undefined) return known
    const name: KnownName = {
      key,
      host: backend.host,
      wantsSrv,
      state: 'asking',
      targets: [],
      failure: `"${backend.host}" has no answer yet`,
      answered: Promise.withResolvers(),
      heldFor: undefined,
      isReported: false,
    }
    this.#names.set(key, name)
    this.#follower.follow(name)
    return name
  }

  /** One deadline for all that wait: it starts with the first of them, and nobody is held again after it. */
  #firstAnswer(name: KnownName): Promise<void> {
    name.heldFor ??= setTimeout(() => {
      if (name.state === 'asking') settle(name, 'failed')
    }, this.#timings.firstAnswerMs).unref()
    return name.answered.promise
  }

  #answered(name: KnownName, answer: NameAnswer): void {
    if (answer.kind === 'found') {
      if (name.isReported) this.#options.log(`the name "${name.host}" has an address again`)
      name.isReported = false
      name.targets = answer.targets
    } else {
      name.failure = answer.message
      const rest = name.targets.length > 0 ? '; its last addresses stay in use' : ''
      if (!name.isReported) this.#options.log(`${answer.message}${rest}`)
      name.isReported = true
    }
    settle(name, answer.kind === 'found' ? 'known' : 'failed')
  }
}

interface KnownName {
  readonly key: string
  readonly host: string
  readonly wantsSrv: boolean
  /** `asking`: no answer yet, and connections wait for it. `failed`: the last look-up failed, or came too late. */
  state: 'asking' | 'known' | 'failed'
  /** Of the last good answer. */
  targets: readonly NameTarget[]
  failure: string
  /** Resolves when `asking` ends. */
  readonly answered: PromiseWithResolvers<void>
  /** The end of the wait for the first answer. */
  heldFor: NodeJS.Timeout | undefined
  /** Whether its failure is in the log. */
  isReported: boolean
}

function settle(name: KnownName, state: 'known' | 'failed'): void {
  clearTimeout(name.heldFor)
  name.state = state
  name.answered.resolve()
}

function endpoint(backend: BackendAddress, target: NameTarget): Endpoint {
  return { host: backend.host, port: target.port ?? backend.port ?? DEFAULT_MINECRAFT_PORT, address: target.address }
}

/**
 * Where to dial what is no name, so that none is looked up: a Unix socket or an address. Its zone stays: a link-local one is
 * dialled with it.
 */
function withoutLookup({ host, port = DEFAULT_MINECRAFT_PORT }: BackendAddress): Endpoint | undefined {
  if (isUnixName(host)) return host === 'unix' ? undefined : { host, port: undefined, address: host }
  const address = host.includes('%') && isIP(host) !== 0 ? host : canonicalAddress(host)
  return address === undefined ? undefined : { host, port, address }
}
