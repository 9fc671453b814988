import type { Condition, Container, View } from '@infrarust/docker-engine'

/** A container to answer for. */
export interface PresentContainer extends Container {
  /** The engine has it no more, so nobody can start it. */
  readonly isRemoved?: true
}

/** Containers to answer for, and when that list changes by itself. */
export interface Present {
  readonly containers: readonly PresentContainer[]
  /** Milliseconds until the next one has been absent for long enough; undefined where none is absent. */
  readonly nextChangeInMs: number | undefined
}

/**
 * Remembers since when containers are not running, so that their players read "offline" for a while instead of "unknown
 * domain", and keeps those that were removed for the same time. One that is started for players stays for as long as the
 * engine has it, whether it ever ran or not.
 */
export class Absences {
  readonly #offlineMs: number
  readonly #isStartedHere: (container: Container) => boolean
  /** Monotonic milliseconds by container id. */
  readonly #since = new Map<string, number>()
  #last: readonly PresentContainer[] = []

  constructor(offlineMs: number, isStartedHere: (container: Container) => boolean = () => false) {
    this.#offlineMs = offlineMs
    this.#isStartedHere = isStartedHere
  }

  /** @param nowMs monotonic milliseconds */
  update({ containers, atMs }: View, nowMs: number): Present {
    const removed = this.#last.filter((before) => this.#isRemoved(before, containers))
    const all: readonly PresentContainer[] = [
      ...containers,
      ...removed.map((before) => ({ ...before, condition: REMOVED, isRemoved: true as const })),
    ]
    const kept: PresentContainer[] = []
    let nextChangeInMs: number | undefined
    for (const container of all) {
      const { condition, id } = container
      const isAsleep = container.isRemoved === undefined && this.#isStartedHere(container)
      if (isAsleep) {
        this.#since.delete(id)
        kept.push(container)
        continue
      }
      if (!isAbsent(condition)) {
        this.#since.delete(id)
        if (condition.kind !== 'never-started') kept.push(container)
        continue
      }
      const since = this.#since.get(id) ?? nowMs - absentForMs(condition, atMs)
      this.#since.set(id, since)
      const leftMs = since + this.#offlineMs - nowMs
      if (leftMs <= 0) continue
      kept.push(container)
      nextChangeInMs = Math.min(nextChangeInMs ?? leftMs, leftMs)
    }
    for (const id of this.#since.keys()) if (!all.some((container) => container.id === id)) this.#since.delete(id)
    this.#last = kept
    return { containers: kept, nextChangeInMs }
  }

  /**
   * A container that was recreated has another id and the same name: the new one stands for both, from its first start on,
   * or at once where it is started for players. Until then (`compose up` waits for what it depends on) the old one is what
   * its players miss.
   */
  #isRemoved({ id, name }: Container, now: readonly Container[]): boolean {
    return !now.some(
      (container) =>
        container.id === id ||
        (container.name === name && (container.condition.kind !== 'never-started' || this.#isStartedHere(container))),
    )
  }
}

const REMOVED: Condition = { kind: 'down', sinceMs: undefined }

/** An unhealthy container runs: its domains are answered for as long as it does. */
function isAbsent(condition: Condition): boolean {
  return condition.kind === 'down' || condition.kind === 'paused'
}

/** By the engine's clock, which tells of containers that stopped before the proxy came. */
function absentForMs(condition: Condition, atMs: number): number {
  return condition.kind === 'down' && condition.sinceMs !== undefined ? Math.max(0, atMs - condition.sinceMs) : 0
}
