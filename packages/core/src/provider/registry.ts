import type { Writer } from '../config/key-table.ts'
import { EMPTY_ROUTING_TABLE, type Route, RoutingTable } from '../router/routing-table.ts'
import type { ServerDefinition } from '../server/definition.ts'
import type { Server } from '../server/server.ts'
import type { ValidateServer } from '../server/validated-server.ts'
import { type Claimant, type Conflict, conflictText, type ReservedDomain, settle } from './conflicts.ts'
import type { Diagnostic, Provider } from './contract.ts'
import { type HeldDefinition, readList } from './definitions.ts'
import { diffServers, type ServerDiff } from './diff.ts'
import type { CheckedEmission } from './emission.ts'
import { LineBounds, leftOutText } from './line-bounds.ts'
import type { ProviderStatus } from './status.ts'
import { SupervisedProvider, type SupervisionTimings } from './supervised-provider.ts'

/** What a registry is made of. */
export interface RegistryOptions {
  readonly validate: ValidateServer
  readonly log: (notice: RegistryNotice) => void
  /** Called after each swap of the routing table, with the servers now served or answered for. */
  readonly onSwap?: (servers: readonly Server[], diff: ServerDiff) => void
  readonly timings?: Partial<RegistryTimings>
}

/** A server with the definition that it was read from. */
export interface DefinedServer {
  readonly server: Server
  readonly definition: ServerDefinition
  readonly writer: Writer
}

/** A diagnostic with the provider that it is about; undefined where it is about several. */
export interface RegistryNotice extends Diagnostic {
  readonly provider: string | undefined
}

/** How long providers are waited for, in milliseconds. */
export interface RegistryTimings extends SupervisionTimings {
  /** How long the absence of a first list keeps clients from the default server. */
  readonly firstListMs: number
  /** How long the slot waits for a newer list after the first one; the latest counts. */
  readonly debounceMs: number
}

/** The timings of a registry that is given none. */
export const DEFAULT_REGISTRY_TIMINGS: RegistryTimings = {
  firstListMs: 5_000,
  debounceMs: 50,
  restartMs: 1_000,
  maxRestartMs: 60_000,
}

/**
 * Merges what the providers emit into one routing table. A change anywhere makes a new table from all that is held, and
 * the table is swapped by one assignment: there is no moment in which a good server has no route.
 */
export class ProviderRegistry {
  readonly #options: RegistryOptions
  readonly #timings: RegistryTimings
  #validate: ValidateServer
  readonly #lines = new LineBounds()
  /** In the order of the configuration. */
  #sources: readonly Source[] = []
  #table: RoutingTable = EMPTY_ROUTING_TABLE
  #servers: readonly Server[] = []
  #conflicts: readonly Conflict[] = []
  #swapped: PromiseWithResolvers<void> = Promise.withResolvers()
  #flush: NodeJS.Timeout | undefined

  constructor(options: RegistryOptions) {
    this.#options = options
    this.#timings = { ...DEFAULT_REGISTRY_TIMINGS, ...options.timings }
    this.#validate = options.validate
  }

  /** Every server that is served or answered for. */
  get servers(): readonly Server[] {
    return this.#servers
  }

  /** Each of them with the definition that it was read from; not one whose latest definition was rejected. */
  get defined(): readonly DefinedServer[] {
    const held = this.#sources.flatMap((source) =>
      [...source.held.values()].map((each) => ({ ...each, writer: source.provider.writer ?? ('anyone' as const) })),
    )
    const good = new Map(
      held.flatMap(({ server, definition, problems, writer }) =>
        server === undefined || problems.length > 0 ? [] : [[whichServer(server), { definition, writer }]],
      ),
    )
    return this.#servers.flatMap((server) => {
      const found = good.get(whichServer(server))
      return found === undefined ? [] : [{ server, ...found }]
    })
  }

  /** @param domain cleaned up by `cleanDomain` */
  route(domain: string | undefined): Route {
    return this.#table.route(domain)
  }

  /** Resolves at the next swap of the table: what a connection whose route is `not-ready` holds for. */
  nextTable(): Promise<void> {
    return this.#swapped.promise
  }

  /**
   * Runs exactly these providers from now on. Those that ran before go on; one in place of another of the same name
   * begins with the list of that one; the servers of the others go.
   */
  use(providers: readonly Provider[]): void {
    const before = this.#sources
    const kept = before.filter(({ provider }) => providers.includes(provider))
    const taken = new Set(kept.map(({ name }) => name))
    this.#sources = providers.map((provider) => {
      const same = kept.find((source) => source.provider === provider)
      if (same !== undefined) return same
      const name = freeName(provider.name, taken)
      taken.add(name)
      return this.#source(
        provider,
        name,
        before.find((source) => source.name === name),
      )
    })
    for (const source of before) if (!this.#sources.includes(source)) stopSource(source)
    this.#swap()
    for (const source of this.#sources) {
      if (before.includes(source)) continue
      source.firstListTimer = setTimeout(() => this.#waitedForFirstList(source), this.#timings.firstListMs)
      source.firstListTimer.unref()
      source.supervised.start()
    }
  }

  /** Reads every definition again with another validator: the global defaults have changed. */
  revalidate(validate: ValidateServer): void {
    this.#validate = validate
    for (const source of this.#sources) {
      const definitions = [...source.held.values()].map(({ definition }) => definition)
      // Held ones without their fingerprints: all are read, and what is wrong now keeps its last good server.
      const unread = new Map([...source.held].map(([key, held]) => [key, { ...held, fingerprint: '' }]))
      this.#read(source, definitions, unread)
    }
    this.#swap()
  }

  /** Takes over at once what has been emitted and waits for more to come with it. */
  flush(): void {
    this.#flushSlots()
  }

  /** Ends every provider. The table stays: sessions are drained with it. */
  stop(): void {
    clearTimeout(this.#flush)
    for (const source of this.#sources) stopSource(source)
  }

  status(): readonly ProviderStatus[] {
    return this.#sources.map(({ name, hasSpoken, failure, lastError, held }) => {
      const all = [...held.values()]
      return {
        name,
        state: failure !== undefined ? 'failing' : hasSpoken ? 'serving' : 'waiting',
        hasList: hasSpoken,
        servers: all.filter(({ server }) => server !== undefined).map(({ server }) => server?.id ?? ''),
        problems: all.flatMap(({ problems }) => problems),
        conflicts: this.#conflicts
          .filter(({ winner, loser }) => winner.provider === name || loser.provider === name)
          .map(conflictText),
        lastError,
      }
    })
  }

  #source(provider: Provider, name: string, predecessor: Source | undefined): Source {
    const source: Source = {
      provider,
      name,
      supervised: new SupervisedProvider(
        provider,
        (emission) => this.#take(source, emission),
        (what) => this.#log(source, { level: 'warn', message: `after it was told to stop, it ${what}` }),
        this.#timings,
      ),
      hasSpoken: false,
      isWaitedFor: true,
      firstListTimer: undefined,
      slot: undefined,
      held: predecessor?.held ?? new Map(),
      failure: undefined,
      lastError: undefined,
      diagnostics: new Set(),
    }
    return source
  }

  #take(source: Source, emission: CheckedEmission): void {
    if (emission.kind === 'error') {
      // A list that still waits came before the error.
      if (source.slot !== undefined) this.#flushSlots()
      this.#fail(source, emission.message)
      return
    }
    source.slot = emission
    // Once a provider has spoken a burst becomes one swap; its first list is wanted now.
    if (source.hasSpoken) this.#flush ??= setTimeout(() => this.#flushSlots(), this.#timings.debounceMs)
    else this.#flushSlots()
  }

  #fail(source: Source, message: string): void {
    // A warning: the last list stays, and whoever is away (an engine, a folder) may come back by itself.
    if (source.failure !== message) this.#log(source, { level: 'warn', message })
    source.failure = message
    source.lastError = { message, at: Date.now() }
  }

  #flushSlots(): void {
    clearTimeout(this.#flush)
    this.#flush = undefined
    let hasChanged = false
    for (const source of this.#sources) {
      const list = source.slot
      if (list === undefined) continue
      source.slot = undefined
      // The first word of a provider changes the table also by being spoken.
      hasChanged ||= !source.hasSpoken
      source.hasSpoken = true
      clearTimeout(source.firstListTimer)
      if (source.failure !== undefined) this.#log(source, { level: 'info', message: 'its source can be read again' })
      source.failure = undefined
      this.#logNew(source, list.diagnostics)
      if (this.#read(source, list.servers, source.held)) hasChanged = true
    }
    if (hasChanged) this.#swap()
  }

  /** Takes over a list; whether the table may look different now. */
  #read(
    source: Source,
    definitions: readonly ServerDefinition[],
    previous: ReadonlyMap<string, HeldDefinition>,
  ): boolean {
    const from = { name: source.name, writer: source.provider.writer ?? 'anyone' }
    const read = readList(from, definitions, previous, this.#validate)
    source.held = read.held
    for (const diagnostic of read.diagnostics) this.#log(source, diagnostic)
    return read.hasChanged
  }

  #waitedForFirstList(source: Source): void {
    source.isWaitedFor = false
    const seconds = this.#timings.firstListMs / 1000
    this.#log(source, {
      level: 'warn',
      message: `the provider "${source.name}" has given no list of servers within ${seconds} s; going on without it`,
    })
    this.#swap()
  }

  /** Makes a table of all that is held and puts it in force. */
  #swap(): void {
    const claimants: Claimant[] = []
    const reserved: ReservedDomain[] = []
    this.#sources.forEach(({ held }, providerOrder) => {
      for (const { definition, server, reservedDomains } of held.values()) {
        const { key, source, precedence = 0 } = definition
        if (server !== undefined) claimants.push({ server, key, precedence, providerOrder })
        for (const domain of reservedDomains) reserved.push({ domain, source })
      }
    })
    const settled = settle(claimants, reserved)
    const isReady = this.#sources.every(({ hasSpoken, isWaitedFor }) => hasSpoken || !isWaitedFor)
    const diff = diffServers(this.#servers, settled.servers)

    this.#table = new RoutingTable({ domains: settled.domains, defaultServer: settled.defaultServer, isReady })
    this.#servers = settled.servers
    this.#reportConflicts(settled.conflicts)
    this.#options.onSwap?.(this.#servers, diff)
    const swapped = this.#swapped
    this.#swapped = Promise.withResolvers()
    swapped.resolve()
  }

  #reportConflicts(conflicts: readonly Conflict[]): void {
    const known = new Set(this.#conflicts.map(conflictText))
    this.#conflicts = conflicts
    for (const conflict of conflicts) {
      const message = conflictText(conflict)
      if (!known.has(message)) this.#bounded(undefined, { level: 'warn', about: conflict.loser.source, message })
    }
  }

  /** A provider emits whole snapshots, its diagnostics too: only what the list before did not say is news. */
  #logNew(source: Source, diagnostics: readonly Diagnostic[]): void {
    for (const diagnostic of diagnostics) if (!source.diagnostics.has(diagnostic.message)) this.#log(source, diagnostic)
    source.diagnostics = new Set(diagnostics.map(({ message }) => message))
  }

  /** What the operator writes himself is told however often; of what anyone may write so much about one thing. */
  #log({ name, provider }: Source, { level, message, about }: Diagnostic): void {
    this.#bounded(name, { level, message, ...(provider.writer === 'operator' || about === undefined ? {} : { about }) })
  }

  #bounded(provider: string | undefined, { level, message, about }: Diagnostic): void {
    const fate = about === undefined ? 'shown' : this.#lines.take(about)
    if (fate === 'left-out') return
    this.#options.log({ provider, level, message })
    if (fate === 'last' && about !== undefined)
      this.#options.log({ provider, level: 'warn', message: leftOutText(about) })
  }
}

/** A provider in the registry and what it has said. */
interface Source {
  readonly provider: Provider
  /** Its own, with a number behind it where another one has that. */
  readonly name: string
  readonly supervised: SupervisedProvider
  hasSpoken: boolean
  isWaitedFor: boolean
  firstListTimer: NodeJS.Timeout | undefined
  /** The latest list that is not in the table yet. */
  slot: Extract<CheckedEmission, { kind: 'list' }> | undefined
  held: ReadonlyMap<string, HeldDefinition>
  /** Why the source cannot be read now. */
  failure: string | undefined
  lastError: { readonly message: string; readonly at: number } | undefined
  /** What the latest list said. */
  diagnostics: ReadonlySet<string>
}

function whichServer({ provider, source, id }: Server): string {
  return JSON.stringify([provider, source, id])
}

/** Two of a kind, such as two web servers asked by one module, must be told apart. */
function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name
  for (let number = 2; taken.has(free); number++) free = `${name}-${number}`
  return free
}

function stopSource(source: Source): void {
  clearTimeout(source.firstListTimer)
  source.supervised.stop()
}
