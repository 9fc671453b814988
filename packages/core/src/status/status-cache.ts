import { statusJson } from '@infrarust/minecraft'
import { placeholderValues } from '../messages/placeholders.ts'
import { fill } from '../messages/template.ts'
import type { Notice } from '../record/notice.ts'
import type { Server } from '../server/server.ts'
import { EXHAUSTED_AGAIN_MS, exhaustedNotice } from '../transport/exhausted.ts'
import type { FetchedStatus, FetchStatus } from './fetch-status.ts'
import { withOnlineMotd } from './online-override.ts'
import { type KeptStatus, ServerStatuses } from './server-statuses.ts'
import { ANY_PROTOCOL, type StatusKey } from './status-cache-key.ts'
import type { StatusCacheConfig } from './status-cache-keys.ts'
import type { StatusDecision, StatusQuestion, StatusSource } from './status-source.ts'

/** `[status_cache]`, and how long a client waits for its status. */
export interface StatusCacheSettings extends StatusCacheConfig {
  /** How long a client waits for its status. */
  readonly statusMs: number
}

/** What a status cache is made of. */
export interface StatusCacheOptions {
  readonly settings: StatusCacheSettings
  readonly fetch: FetchStatus
  readonly notice: (notice: Notice) => void
  /** Monotonic milliseconds. */
  readonly now?: () => number
}

/** A server that failed is not asked again for so long, whoever wants to know. */
const FAILURE_MS = 2_000
/** How long after its time an answer is still given while a new one is fetched; the lists of players fill at once. */
const STALE_MS = 60_000
/** The same for a failure: shorter, for a server that is up again should not look dead. */
const STALE_FAILURE_MS = 10_000
/** Dead servers with many names must not fill the log. */
const FAILURE_NOTICE_MS = 60_000
/** Over all servers, in characters: a long status counts for many short ones. */
const MOST_UNITS = 32 * 1024 * 1024

/**
 * The statuses of all servers, fetched by the proxy itself and kept for a while. Whoever asks while a fetch is under
 * way waits for that one; what is only a little old is given at once while the next is fetched.
 */
export class StatusCache implements StatusSource {
  readonly #options: StatusCacheOptions
  readonly #now: () => number
  readonly #servers = new Map<string, ServerStatuses>()
  /** Over all servers, the one that was not used for longest first. */
  readonly #entries = new Set<KeptStatus>()
  /** Of all entries together. */
  #units = 0
  readonly #answers = { hit: 0, stale: 0, miss: 0 }
  #exhaustedNoticedAt = Number.NEGATIVE_INFINITY
  #settings: StatusCacheSettings

  constructor(options: StatusCacheOptions) {
    this.#options = options
    this.#settings = options.settings
    this.#now = options.now ?? (() => performance.now())
  }

  /** Takes over what a reload has changed; what is kept stays. */
  configure(settings: StatusCacheSettings): void {
    this.#settings = settings
    this.#evict()
  }

  /** Forgets servers that are gone. Those that changed in another way than where they are keep their answers. */
  use(servers: readonly Server[]): void {
    const ids = new Set(servers.map(({ id }) => id))
    for (const [id, statuses] of this.#servers) if (!ids.has(id)) this.#forget(statuses)
  }

  /**
   * A server has come up: that it was down is forgotten.
   *
   * @param fetched what it has just answered, whatever name it was asked under
   */
  cameUp(server: Server, fetched: FetchedStatus | undefined): void {
    const statuses = this.#statusesOf(server)
    for (const entry of statuses.entries) {
      if (entry.outcome?.kind !== 'failed' || entry.fetching !== undefined) continue
      statuses.remove(entry)
      this.#drop(entry)
    }
    if (fetched?.kind !== 'status' || this.#settings.ttlMs === 0) return
    const key = { domain: undefined, protocol: ANY_PROTOCOL }
    const entry = statuses.find(key) ?? this.#add(statuses, key)
    entry.outcome = { ...fetched, at: this.#now() }
    entry.shown = undefined
    this.#weigh(entry)
  }

  /** Pings so far that were answered at once, answered with what was a little old, or had to wait for the server. */
  get answers(): Readonly<Record<'hit' | 'stale' | 'miss', number>> {
    return this.#answers
  }

  ask(question: StatusQuestion): StatusDecision {
    const statuses = this.#statusesOf(question.server)
    if (this.#settings.ttlMs === 0) {
      this.#answers.miss++
      return this.#relay(statuses, question)
    }

    const key = keyOf(question)
    const entry = statuses.find(key)
    if (entry !== undefined) this.#touch(entry)
    const age = entry?.outcome === undefined ? Number.POSITIVE_INFINITY : this.#now() - entry.outcome.at
    const freshMs = entry?.outcome?.kind === 'failed' ? FAILURE_MS : this.#settings.ttlMs
    if (age < freshMs && entry?.outcome !== undefined) {
      this.#answers.hit++
      return this.#decide(entry, question)
    }

    const fetching = entry?.fetching ?? this.#fetch(statuses, question, key)
    const staleMs = entry?.outcome?.kind === 'failed' ? STALE_FAILURE_MS : STALE_MS
    if (age < freshMs + staleMs && entry?.outcome !== undefined) {
      this.#answers.stale++
      return this.#decide(entry, question)
    }
    this.#answers.miss++
    return fetching === undefined ? this.#substitute(statuses, question) : { kind: 'pending', done: fetching }
  }

  /** Nothing is kept, but a forged ping must not buy a dial either: the same bounds hold as for fetches. */
  #relay(statuses: ServerStatuses, question: StatusQuestion): StatusDecision {
    const done = statuses.start(this.#now())
    return done === undefined ? this.#substitute(statuses, question) : { kind: 'relay', done }
  }

  /** @returns undefined where the server is being asked as often as it may be */
  #fetch(statuses: ServerStatuses, { server, domain }: StatusQuestion, key: StatusKey): Promise<void> | undefined {
    const done = statuses.start(this.#now())
    if (done === undefined) return undefined
    const entry = statuses.find(key) ?? this.#add(statuses, key)
    const timeoutMs = fetchMs(this.#settings.statusMs)
    const fetched = this.#options.fetch({ server, domain, protocol: key.protocol, timeoutMs }).catch(couldNotAsk)
    entry.fetching = fetched.then((outcome) => {
      done()
      entry.fetching = undefined
      entry.outcome = { ...outcome, at: this.#now() }
      entry.shown = undefined
      this.#weigh(entry)
      if (outcome.kind === 'failed') this.#noticeFailure(statuses, server, outcome)
      else if (outcome.fault !== undefined) this.#noticeServer(statuses, server, outcome.fault)
    })
    this.#evict()
    return entry.fetching
  }

  /** Above the bounds: any answer of that server is better than none. */
  #substitute(statuses: ServerStatuses, question: StatusQuestion): StatusDecision {
    // Of the same version first: a server behind ViaVersion names the number that it was asked with.
    const known = statuses.newest('status', keyOf(question).protocol) ?? statuses.newest('status')
    if (known !== undefined) return this.#decide(known, question)
    const failed = statuses.newest('failed')?.outcome
    if (failed?.kind === 'failed' && this.#now() - failed.at < FAILURE_MS + STALE_FAILURE_MS) {
      return { kind: 'down', reason: failed.reason }
    }
    const { fetching } = statuses
    return fetching === undefined ? synthetic(question) : { kind: 'pending', done: fetching }
  }

  #statusesOf(server: Server): ServerStatuses {
    const known = this.#servers.get(server.id)
    if (known?.isOf(server)) return known
    if (known !== undefined) this.#forget(known)
    const statuses = new ServerStatuses(server)
    this.#servers.set(server.id, statuses)
    return statuses
  }

  #forget(statuses: ServerStatuses): void {
    this.#servers.delete(statuses.id)
    for (const entry of statuses.entries) this.#drop(entry)
  }

  #add(statuses: ServerStatuses, key: StatusKey): KeptStatus {
    const { added, replaced } = statuses.add(key)
    if (replaced !== undefined) this.#drop(replaced)
    this.#entries.add(added)
    return added
  }

  #touch(entry: KeptStatus): void {
    entry.owner.touch(entry)
    this.#entries.delete(entry)
    this.#entries.add(entry)
  }

  #evict(): void {
    for (const entry of this.#entries) {
      if (this.#entries.size <= this.#settings.maxEntries && this.#units <= MOST_UNITS) return
      // Whoever waits for it would have to begin anew.
      if (entry.fetching !== undefined) continue
      entry.owner.remove(entry)
      this.#drop(entry)
    }
  }

  #drop(entry: KeptStatus): void {
    if (this.#entries.delete(entry)) this.#units -= entry.units
  }

  /** Counts an entry anew whose texts have changed. One that was dropped while it was fetched counts for nothing. */
  #weigh(entry: KeptStatus): void {
    if (!this.#entries.has(entry)) return
    const units = unitsOf(entry)
    this.#units += units - entry.units
    entry.units = units
    this.#evict()
  }

  #decide(entry: KeptStatus, question: StatusQuestion): StatusDecision {
    const { outcome, owner } = entry
    // It is up, and its answer cannot be kept: whoever asks gets it from the server itself.
    if (outcome?.kind === 'failed' && outcome.hasAnswered === true) return this.#relay(owner, question)
    const decision = decide(entry, question)
    if (unitsOf(entry) !== entry.units) this.#weigh(entry)
    return decision
  }

  #noticeFailure(
    statuses: ServerStatuses,
    server: Server,
    { reason, message }: Extract<FetchedStatus, { kind: 'failed' }>,
  ): void {
    const now = this.#now()
    // Whoever asked is told so, and then the log has its line.
    if (reason === 'loop') return
    if (reason === 'proxy_full') {
      if (now - this.#exhaustedNoticedAt < EXHAUSTED_AGAIN_MS) return
      this.#exhaustedNoticedAt = now
      this.#options.notice(exhaustedNotice(message))
      return
    }
    this.#noticeServer(statuses, server, message)
  }

  #noticeServer(statuses: ServerStatuses, server: Server, message: string): void {
    const now = this.#now()
    if (statuses.failureNoticedAt !== undefined && now - statuses.failureNoticedAt < FAILURE_NOTICE_MS) return
    statuses.failureNoticedAt = now
    this.#options.notice({ level: 'warn', message: `server "${server.id}" ${message}` })
  }
}

/** A fault of ours: it costs these answers, and no process. */
function couldNotAsk(cause: unknown): FetchedStatus {
  return { kind: 'failed', message: `could not be asked: ${String(cause)}` }
}

/** Numbers that are in no table here are asked as they are: a server may know a game that is newer than this proxy. */
function keyOf({ domain, protocol = ANY_PROTOCOL }: StatusQuestion): StatusKey {
  return { domain, protocol }
}

function unitsOf({ outcome, shown }: KeptStatus): number {
  if (outcome?.kind !== 'status') return 0
  return outcome.json.length + (outcome.rest?.length ?? 0) + (shown?.json.length ?? 0)
}

/** Less than a client waits, so that who asked first still gets the text about a failure. */
function fetchMs(statusMs: number): number {
  return Math.max(statusMs - 500, statusMs / 2)
}

function decide(entry: KeptStatus, question: StatusQuestion): StatusDecision {
  const { outcome } = entry
  if (outcome?.kind !== 'status') return { kind: 'down', reason: outcome?.reason }
  const { online } = question.server.motd
  const rest = outcome.rest && { rest: outcome.rest }
  if (online === undefined) return { kind: 'answer', json: outcome.json, ...rest }
  const text = onlineText(question)
  const words = JSON.stringify(text) ?? ''
  // A flood of pings mostly asks for the same again, and a status with its picture is long.
  if (entry.shown?.outcome !== outcome || entry.shown.motd !== online || entry.shown.words !== words) {
    entry.shown = { outcome, motd: online, words, json: withOnlineMotd(outcome.json, online, text) }
  }
  return { kind: 'answer', json: entry.shown.json, ...rest }
}

/** Nothing is known of the server, and nothing says that it is down. */
function synthetic(question: StatusQuestion): StatusDecision {
  const { server, protocol = ANY_PROTOCOL } = question
  const { online } = server.motd
  const json = statusJson({
    version: { name: online?.versionName ?? 'Infrarust', protocol },
    description: onlineText(question) ?? server.name,
    players: { max: 0, online: 0 },
  })
  return { kind: 'answer', json: online === undefined ? json : withOnlineMotd(json, online, undefined) }
}

function onlineText({ server, domain, client }: StatusQuestion): ReturnType<typeof fill> | undefined {
  const text = server.motd.online?.text
  return text && fill(text, placeholderValues({ server, domain, client, detail: undefined, expiresAt: undefined }))
}
