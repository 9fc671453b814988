import { type PowerCheck, PowerError, type PowerReading, type ServerPower } from '@infrarust/core/server-power'
import type { Engine, LastEnd, Life } from '@infrarust/docker-engine'
import { oneLine } from '../one-line.ts'
import { crashOf } from './engine-words.ts'
import type { SharedEngine } from './shared-engine.ts'

/** Which container, and what sleeping is for it. */
export interface ContainerChoice {
  readonly name: string
  readonly isPaused: boolean
}

/** Lines of a container that crashed that are kept. */
const KEPT_LINES = 20

/** Lines that are shown to who asks for them. */
const SHOWN_LINES = 200

/** An order to stop that is not refused by then is carried out; the answer comes when the container has ended. */
const STOP_TAKEN_MS = 2_000

/** How much longer than the container's own time an engine may take to stop it. */
const STOP_GRACE_MS = 60_000
/** For a container that is never killed. */
const LONGEST_STOP_MS = 3_600_000

/** An id that no container has: an order to it is refused by a socket proxy or not found by an engine, and does nothing. */
const NOBODY = '0'.repeat(64)

/** The power of one container, which is known by its name: one that is made anew is the same server. */
export class ContainerPower implements ServerPower {
  readonly #engine: SharedEngine
  readonly #choice: ContainerChoice
  #isStopping = false
  /** Of its last end. */
  #lastLines: { readonly finishedAt: string; readonly lines: readonly string[] } | undefined

  constructor(engine: SharedEngine, choice: ContainerChoice) {
    this.#engine = engine
    this.#choice = choice
  }

  async state(signal: AbortSignal): Promise<PowerReading> {
    return await this.#engine.ask(async (engine) => {
      const life = await this.#find(engine, signal)
      const { phase } = life
      switch (phase.kind) {
        case 'running':
          return { state: this.#isStopping ? 'stopping' : 'running' }
        case 'never-started':
        case 'paused':
          return { state: 'stopped' }
        case 'ended':
          return crashOf(phase) === undefined ? { state: 'stopped' } : await this.#crashed(engine, life, phase, signal)
        case 'restarting':
          return await this.#crashed(engine, life, phase, signal)
        case 'other':
          return { state: 'unknown', why: `container "${life.name}" is ${oneLine(phase.word) || 'in no state'}` }
      }
    })
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    await this.#engine.order(async (engine) => {
      const { id, phase, name } = await this.#find(engine, signal)
      switch (phase.kind) {
        case 'running':
        case 'restarting':
          return
        case 'paused':
          return await engine.order(id, 'unpause', signal)
        case 'never-started':
        case 'ended':
          return await engine.order(id, 'start', signal)
        case 'other':
          throw new PowerError('busy', `container "${name}" is ${oneLine(phase.word)} and cannot be started`)
      }
    })
  }

  async stop(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const { id, phase, stopTimeoutMs } = await this.#engine.ask((engine) => this.#find(engine, signal))
    // One that is paused cannot hear the signal to stop: it would only be killed when its time is over.
    if (phase.kind !== 'running' && phase.kind !== 'restarting') return
    if (this.#choice.isPaused && phase.kind === 'running') {
      await this.#engine.order((engine) => engine.order(id, 'pause', signal))
      return
    }
    // Without a signal of ours, and to its end: who hangs up on an engine must not turn an orderly stop into a kill.
    const withinMs = stopTimeoutMs === undefined ? LONGEST_STOP_MS : stopTimeoutMs + STOP_GRACE_MS
    this.#isStopping = true
    const stopped = this.#engine
      .order((engine) => engine.order(id, 'stop', new AbortController().signal, withinMs))
      .finally(() => {
        this.#isStopping = false
      })
    await withinTime(stopped, STOP_TAKEN_MS)
  }

  async log(signal: AbortSignal): Promise<readonly string[]> {
    return await this.#engine.ask(async (engine) => {
      const { id } = await this.#find(engine, signal)
      return (await engine.lastLines(id, SHOWN_LINES, signal)).map(oneLine)
    })
  }

  async check(signal: AbortSignal): Promise<readonly PowerCheck[]> {
    const { name } = await this.#engine.ask((engine) => this.#find(engine, signal))
    const orders = this.#choice.isPaused ? (['start', 'pause', 'unpause'] as const) : (['start', 'stop'] as const)
    const checks: PowerCheck[] = [{ isGood: true, text: `container "${name}" is there` }]
    for (const order of orders) {
      try {
        await this.#engine.order((engine) => engine.order(NOBODY, order, signal))
      } catch (cause) {
        if (!(cause instanceof PowerError) || cause.code === 'unreachable') throw cause
        if (cause.code === 'denied') checks.push({ isGood: false, text: refusal(order, cause.message) })
      }
    }
    if (checks.length === 1) checks.push({ isGood: true, text: `the engine takes the orders ${orders.join(', ')}` })
    return checks
  }

  async #crashed(engine: Engine, { id, name }: Life, end: LastEnd, signal: AbortSignal): Promise<PowerReading> {
    if (this.#lastLines?.finishedAt !== end.finishedAt) {
      // A socket proxy need not pass the output; then the engine's own words have to do.
      const lines = await engine.lastLines(id, KEPT_LINES, signal).catch(() => [])
      this.#lastLines = { finishedAt: end.finishedAt, lines: lines.map(oneLine) }
    }
    const last = this.#lastLines.lines.at(-1)
    const why = oneLine(crashOf(end) ?? 'it ends again and again')
    return {
      state: 'crashed',
      why: `container "${name}": ${why}${last === undefined ? '' : `; its last line: ${last}`}`,
    }
  }

  async #find(engine: Engine, signal: AbortSignal): Promise<Life> {
    const { name } = this.#choice
    const life = await engine.life(name, signal)
    // An engine takes a text for an id before it takes it for a name. A container that somebody has called by the id of
    // another one would start and stop that one.
    if (life === undefined || life.name !== name)
      throw new PowerError('not-found', `there is no container "${oneLine(name)}"; see docker ps --all`)
    return life
  }
}

function refusal(order: string, message: string): string {
  return `POST /containers/{id}/${order} does not pass: ${message}`
}

/** Waits for a refusal only so long; what happens later is seen in the state. */
async function withinTime(work: Promise<void>, milliseconds: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, milliseconds)
  work.catch(() => {})
  await Promise.race([work, promise]).finally(() => clearTimeout(timer))
}
