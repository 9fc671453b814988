import type { Notice } from '../record/notice.ts'
import { DEFAULT_REFRESH_TIMINGS, FollowedNames, type RefreshTimings } from './followed-names.ts'
import type { NameAnswer } from './name-lookup.ts'

/** Who looks trusted names up, and who hears of it. */
export interface TrustedNamesOptions {
  /** Never rejects. `NameLookup.lookUp`. */
  readonly lookUp: (host: string, wantsSrv: boolean) => Promise<NameAnswer>
  readonly notice: (notice: Notice) => void
  readonly timings?: Partial<TrustedNameTimings>
}

/** How long answers count, in milliseconds. */
export interface TrustedNameTimings extends RefreshTimings {
  /** How long the last good answer stands while every look-up fails. */
  readonly keepMs: number
}

/** What a name in `trusted` stands for now. */
export interface TrustedNameStatus {
  readonly name: string
  /** Canonical. Empty: it trusts nobody. */
  readonly addresses: readonly string[]
  /** Why that is not what the name answers; one line. */
  readonly problem: string | undefined
}

/**
 * Addresses of one name that count. Whoever answers for a name says who may claim any address, and an answer of hundreds is
 * no load balancer's.
 */
export const MAX_TRUSTED_ADDRESSES = 64

const HOUR_MS = 3_600_000

const REMEDY = 'mend its DNS record or the resolver, or write its addresses into trusted'

/**
 * The addresses that names in `trusted` stand for: those of the last good answer. They are looked up in the background; a
 * connection only reads what is known. A name without an answer trusts nobody, and so does one that has had none for an
 * hour.
 */
export class TrustedNames {
  readonly #options: TrustedNamesOptions
  readonly #keepMs: number
  readonly #follower: FollowedNames<KnownName>
  readonly #names = new Map<string, KnownName>()

  constructor(options: TrustedNamesOptions) {
    const { lookUp, timings } = options
    this.#options = options
    this.#keepMs = timings?.keepMs ?? HOUR_MS
    this.#follower = new FollowedNames({
      lookUp,
      onAnswer: (name, answer) => this.#answered(name, answer),
      timings: { ...DEFAULT_REFRESH_TIMINGS, ...timings },
    })
  }

  /** Follows exactly these names from now on; new ones are looked up now. */
  use(hosts: Iterable<string>): void {
    const wanted = new Set(hosts)
    for (const [host, name] of this.#names) {
      if (wanted.has(host)) continue
      this.#names.delete(host)
      this.#follower.forget(name)
      clearTimeout(name.lapses)
      name.firstAnswer.resolve()
    }
    for (const host of wanted) {
      if (this.#names.has(host)) continue
      const name = unanswered(host)
      this.#names.set(host, name)
      this.#follower.follow(name)
    }
  }

  /** @param address canonical */
  has(host: string, address: string): boolean {
    return this.#names.get(host)?.addresses.has(address) ?? false
  }

  /** Each of them, as it stands now. */
  status(): readonly TrustedNameStatus[] {
    return [...this.#names.values()].map(({ host, addresses, problem }) => ({
      name: host,
      addresses: [...addresses],
      problem,
    }))
  }

  /** Resolves when each of them has been looked up once, in vain or not. */
  async firstAnswers(): Promise<void> {
    await Promise.all([...this.#names.values()].map(({ firstAnswer }) => firstAnswer.promise))
  }

  /** Ends the looking up. */
  stop(): void {
    this.use([])
  }

  #answered(name: KnownName, answer: NameAnswer): void {
    if (answer.kind === 'found') this.#found(name, new Set(answer.targets.map(({ address }) => address)))
    else this.#failed(name, answer.message)
    name.firstAnswer.resolve()
  }

  #found(name: KnownName, answered: ReadonlySet<string>): void {
    const { host, addresses: before } = name
    clearTimeout(name.lapses)
    name.lapses = undefined
    name.addresses = counting(before, answered)
    const { size } = answered
    const surplus =
      size > MAX_TRUSTED_ADDRESSES
        ? `trusted: "${host}" has ${size} addresses, of which ${MAX_TRUSTED_ADDRESSES} count; write the network into trusted`
        : undefined
    // The count of such an answer may be another one each time.
    if (surplus !== undefined && !name.isSurplusTold) this.#options.notice({ level: 'warn', message: surplus })
    name.isSurplusTold = surplus !== undefined
    name.problem = surplus
    if (isSame(before, name.addresses)) {
      if (name.isFailing) this.#say('info', `"${host}" has an address again: ${listText(name.addresses)}`)
    } else {
      const earlier = before.size === 0 ? '' : ` (before: ${listText(before)})`
      this.#say('info', `"${host}" stands for ${listText(name.addresses)}${earlier}`)
    }
    name.isFailing = false
  }

  #failed(name: KnownName, message: string): void {
    if (name.addresses.size > 0) name.lapses ??= setTimeout(() => this.#lapse(name), this.#keepMs).unref()
    const rest =
      name.addresses.size > 0
        ? `its last addresses stay trusted for ${minutesText(this.#keepMs)} (${listText(name.addresses)})`
        : 'it trusts nobody'
    name.problem = `trusted: ${message}; ${rest}; ${REMEDY}`
    if (!name.isFailing) this.#options.notice({ level: 'warn', message: name.problem })
    name.isFailing = true
  }

  #lapse(name: KnownName): void {
    const gone = listText(name.addresses)
    name.lapses = undefined
    name.addresses = new Set()
    name.problem =
      `trusted: "${name.host}" has had no answer for ${minutesText(this.#keepMs)}, so it trusts nobody now and headers ` +
      `of its load balancers are refused (its last addresses: ${gone}); ${REMEDY}`
    this.#options.notice({ level: 'error', message: name.problem })
  }

  #say(level: Notice['level'], text: string): void {
    this.#options.notice({ level, message: `trusted: ${text}` })
  }
}

interface KnownName {
  readonly host: string
  readonly wantsSrv: false
  /** Of the last good answer, as long as it counts. */
  addresses: ReadonlySet<string>
  /** Whether the last look-up failed; that is in the log then. */
  isFailing: boolean
  isSurplusTold: boolean
  problem: string | undefined
  /** When the last good answer stops counting; from the first look-up that fails. */
  lapses: NodeJS.Timeout | undefined
  readonly firstAnswer: PromiseWithResolvers<void>
}

function unanswered(host: string): KnownName {
  return {
    host,
    wantsSrv: false,
    addresses: new Set(),
    isFailing: false,
    isSurplusTold: false,
    problem: `trusted: "${host}" has no answer yet; it trusts nobody`,
    lapses: undefined,
    firstAnswer: Promise.withResolvers(),
  }
}

/** Those that counted before come first: resolvers turn the order of a long answer with each question. */
function counting(before: ReadonlySet<string>, answered: ReadonlySet<string>): ReadonlySet<string> {
  if (answered.size <= MAX_TRUSTED_ADDRESSES) return answered
  const kept = [...before].filter((address) => answered.has(address))
  return new Set([...new Set([...kept, ...answered])].slice(0, MAX_TRUSTED_ADDRESSES))
}

function isSame(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.size === other.size && [...one].every((address) => other.has(address))
}

/** As many addresses as a line of the log has room for. */
const SHOWN = 8

function listText(addresses: ReadonlySet<string>): string {
  const shown = [...addresses].slice(0, SHOWN).join(', ')
  return addresses.size > SHOWN ? `${shown} and ${addresses.size - SHOWN} more` : shown
}

function minutesText(ms: number): string {
  return ms === HOUR_MS ? 'an hour' : `${ms / 60_000} min`
}
