import { loadFactory, thrownText, whyNotLoaded } from '@infrarust/core/provider'
import {
  type PowerCheck,
  type PowerContext,
  PowerError,
  type PowerErrorCode,
  type PowerReading,
  type ServerPower,
} from '@infrarust/core/server-power'
import type { ModuleCode } from './module-code.ts'
import { readChecks, readLines, readMilliseconds, readReading } from './what-it-says.ts'

/** A module, and what it is told. */
export interface Module {
  /** Absolute, or a `file:` URL. */
  readonly path: string
  readonly options: Readonly<Record<string, unknown>>
  readonly code: ModuleCode
}

/**
 * For a last word, such as the world of a server that it runs itself: as long as `local` has by default. Together with the
 * sessions of the proxy that is within the time of its unit.
 */
const CLOSE_MS = 30_000
/** More lines of one module are left out. */
const MOST_NOTICES = 20

/**
 * The power that a module of the operator's own has made. Nothing that it does costs anybody but its own server: it may throw
 * anything, say anything, never answer, and heed no signal.
 */
export class ModulePower implements ServerPower {
  readonly #module: Module
  readonly #context: PowerContext
  #loading: Promise<ServerPower> | undefined
  #loaded: ServerPower | undefined
  #listener: () => void = () => undefined
  #notices = 0

  constructor(module: Module, context: PowerContext) {
    this.#module = module
    this.#context = context
  }

  /** Known when it is loaded. */
  get staleMs(): number {
    return this.#look(({ staleMs }) => readMilliseconds(staleMs)) ?? 0
  }

  get pollMs(): number | undefined {
    return this.#look(({ pollMs }) => readMilliseconds(pollMs))
  }

  async state(signal: AbortSignal): Promise<PowerReading> {
    return await this.#ask(signal, (power, own) => power.state(own), readReading)
  }

  async start(signal: AbortSignal): Promise<void> {
    await this.#ask(signal, (power, own) => power.start(own), nothing)
  }

  async stop(signal: AbortSignal): Promise<void> {
    await this.#ask(signal, (power, own) => power.stop(own), nothing)
  }

  mayBeReady(): boolean {
    return this.#look((power) => power.mayBeReady?.() !== false) ?? true
  }

  async log(signal: AbortSignal): Promise<readonly string[] | undefined> {
    return await this.#ask(signal, (power, own) => power.log?.(own), readLines)
  }

  async check(signal: AbortSignal): Promise<readonly PowerCheck[]> {
    return await this.#ask(signal, (power, own) => power.check?.(own), readChecks)
  }

  onChange(listener: () => void): void {
    this.#listener = listener
  }

  async close(why: 'shutdown' | 'removed'): Promise<void> {
    if (this.#loading === undefined) return
    await this.#ask(AbortSignal.timeout(CLOSE_MS), (power) => power.close?.(why), nothing)
  }

  /** Asks the module, and gives up waiting with the signal, whether the module does or not. */
  async #ask<Said, Result>(
    signal: AbortSignal,
    ask: (power: ServerPower, signal: AbortSignal) => Said | PromiseLike<Said>,
    read: (said: Awaited<Said>) => Result,
  ): Promise<Result> {
    const { path, code } = this.#module
    signal.throwIfAborted()
    const { promise: over, reject } = Promise.withResolvers<never>()
    const giveUp = (): void => reject(signal.reason)
    signal.addEventListener('abort', giveUp, { once: true })
    try {
      const power = await Promise.race([this.#use(), over])
      const said = code.run(path, () => ask(power, code.signal(path, signal)))
      return read(await Promise.race([said, over]))
    } catch (cause) {
      if (signal.aborted) throw new PowerError('unreachable', `${path} has not answered in time`, { cause })
      throw new PowerError(codeOf(cause), thrownText(cause))
    } finally {
      signal.removeEventListener('abort', giveUp)
    }
  }

  /** What needs no answer; undefined where it is not loaded yet, or throws. */
  #look<Result>(look: (power: ServerPower) => Result): Result | undefined {
    const power = this.#loaded
    if (power === undefined) return undefined
    const { path, code } = this.#module
    try {
      return code.run(path, () => look(power))
    } catch (thrown) {
      this.#notice('warn', `${path} has thrown: ${thrownText(thrown)}`)
      return undefined
    }
  }

  #use(): Promise<ServerPower> {
    this.#loading ??= this.#load().catch((error: unknown) => {
      // The module, or what it asks for while it is made, may be there the next time.
      this.#loading = undefined
      throw error
    })
    return this.#loading
  }

  async #load(): Promise<ServerPower> {
    const { path, options, code } = this.#module
    const exported = { name: 'serverPower', example: '(options, context) => ({ state, start, stop })' }
    const loaded = await code.run(path, () => loadFactory(path, this.#context.folder, exported))
    if (loaded.kind === 'failed') throw new PowerError('failed', `${path} ${loaded.message}`)
    const { notice: _, ...facts } = this.#context
    const context: PowerContext = { ...facts, notice: (said) => this.#told(said) }
    let made: unknown
    try {
      made = await code.run(path, () => loaded.make(options, context))
      if (!isPower(made)) throw new Error('it made something without "state", "start" and "stop"')
      const power = made
      code.run(path, () => power.onChange?.(() => code.leave(() => this.#listener())))
      this.#loaded = power
      return power
    } catch (cause) {
      throw new PowerError('failed', `${path} cannot be used: ${whyNotLoaded(cause)}`)
    }
  }

  /** Called by the module, with whatever it likes. */
  #told(said: unknown): void {
    const { code } = this.#module
    code.leave(() => {
      const { level, message } = isRecord(said) ? said : {}
      this.#notice(level === 'info' ? 'info' : 'warn', thrownText(message))
    })
  }

  #notice(level: 'info' | 'warn', message: string): void {
    this.#notices++
    if (this.#notices > MOST_NOTICES) return
    const isLast = this.#notices === MOST_NOTICES
    this.#context.notice({
      level,
      message: isLast ? `${message}; what its module says from now on is left out` : message,
    })
  }
}

function nothing(): void {}

/** A hostile one may throw when it is looked at. */
function isPower(made: unknown): made is ServerPower {
  return isRecord(made) && [made.state, made.start, made.stop].every((each) => typeof each === 'function')
}

function isRecord(seen: unknown): seen is Readonly<Record<string, unknown>> {
  return typeof seen === 'object' && seen !== null
}

function codeOf(thrown: unknown): PowerErrorCode {
  try {
    return thrown instanceof PowerError ? thrown.code : 'failed'
  } catch {
    return 'failed'
  }
}
