import { setTimeout as delay } from 'node:timers/promises'
import type { Emission } from '@infrarust/core/provider'
import {
  type BurstTimings,
  Engine,
  EngineError,
  followEngine,
  ownContainerIds,
  type View,
} from '@infrarust/docker-engine'
import { chooseEngine, type DockerEndpoint, endpointName } from '@infrarust/docker-engine/endpoint'
import type { DockerProviderOptions } from './provider-options.ts'
import { ServersOfView } from './servers-of-view.ts'

/** Together with the registry's own 50 ms far below the second in which a change must be in the table. */
const TIMINGS: BurstTimings = { quietMs: 100, latestMs: 400 }

/** An attempt costs nothing, and an engine that is back has changes to tell. */
const LONGEST_RECONNECT_DELAY_MS = 10_000

/** Follows the engine until the signal aborts, and emits what its containers say. */
export async function serve(
  { config, baseDir = '.', environment = process.env }: DockerProviderOptions,
  emit: (emission: Emission) => void,
  signal: AbortSignal,
): Promise<void> {
  const choice = chooseEngine(config, environment)
  // The environment of a process does not change: trying again would say the same.
  if (choice.kind === 'fault') return emit({ error: choice.problem })
  const { endpoint, tls } = choice
  const servers = new ServersOfView(config, endpoint, await ownContainerIds())
  const emitter = new Emitter(servers, emit)
  let delayMs = 0
  while (!signal.aborted) {
    const startedAt = performance.now()
    let hasShown = false
    try {
      const engine = await Engine.open(endpoint, tls, baseDir)
      await followEngine(engine, {
        choose: (listed) => servers.choose(listed),
        onView: (view) => {
          hasShown = true
          emitter.show(view)
        },
        pollIntervalMs: config.pollIntervalMs,
        timings: TIMINGS,
        signal,
      }).finally(() => engine.close())
    } catch (cause) {
      if (signal.aborted) break
      // What stood for a while is tried again at once: most often the engine was restarted, and nothing is to be told. One
      // that only took its time to fail has not stood.
      const hasStood = hasShown && performance.now() - startedAt > config.reconnectDelayMs
      if (!hasStood) emitter.fail(failureText(endpoint, cause))
      delayMs = hasStood ? 0 : longer(delayMs, config.reconnectDelayMs)
      emitter.pause()
    }
    if (delayMs > 0) await delay(delayMs, undefined, { signal }).catch(() => {})
  }
  emitter.pause()
}

function longer(delayMs: number, firstMs: number): number {
  return Math.max(firstMs, Math.min(delayMs * 2, LONGEST_RECONNECT_DELAY_MS))
}

function failureText(endpoint: DockerEndpoint, cause: unknown): string {
  const reason = cause instanceof EngineError ? cause.message : String(cause)
  return `the Docker Engine at ${endpointName(endpoint)} cannot be read: ${reason} (the last servers stay; trying again)`
}

/** Emits what a view means, once; again when an absent container has been so for long enough. */
class Emitter {
  readonly #servers: ServersOfView
  readonly #emit: (emission: Emission) => void
  #timer: NodeJS.Timeout | undefined
  #lastText = ''
  #state: 'new' | 'current' | 'failed' = 'new'

  constructor(servers: ServersOfView, emit: (emission: Emission) => void) {
    this.#servers = servers
    this.#emit = emit
  }

  show(view: View): void {
    this.pause()
    const { emission, nextChangeInMs } = this.#servers.read(view, performance.now())
    if (nextChangeInMs !== undefined) this.#timer = setTimeout(() => this.show(view), nextChangeInMs)
    this.#state = 'current'
    // A poll that found nothing new is no news.
    const text = JSON.stringify(emission)
    if (text === this.#lastText) return
    this.#lastText = text
    this.#emit(emission)
  }

  /** Says once that the engine is away, whatever the reasons of further attempts. */
  fail(error: string): void {
    if (this.#state === 'failed') return
    this.#state = 'failed'
    this.#lastText = ''
    this.#emit({ error })
  }

  /** While the engine is away the last list stays as it is. */
  pause(): void {
    clearTimeout(this.#timer)
  }
}
