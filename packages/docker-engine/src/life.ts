import { at, textAt } from './json.ts'

/** How a container is, from `GET /containers/{id}/json`: what who starts and stops it wants to know. */
export interface Life {
  readonly id: string
  /** Without the slash that the engine puts before it. */
  readonly name: string
  readonly phase: LifePhase
  /** How long it may take after the signal to stop, before it is killed; undefined: it is never killed. */
  readonly stopTimeoutMs: number | undefined
}

export type LifePhase =
  | { readonly kind: 'never-started' | 'running' | 'paused' }
  | ({ readonly kind: 'ended' | 'restarting' } & LastEnd)
  /** `removing`, `dead`, or a word that only another engine knows. */
  | { readonly kind: 'other'; readonly word: string }

/** How its last life ended. */
export interface LastEnd {
  readonly exitCode: number
  readonly isOutOfMemory: boolean
  /** Why the engine could not run it; mostly undefined. */
  readonly error: string | undefined
  /** As the engine writes it; tells one end from another. */
  readonly finishedAt: string
}

/** Where no container says otherwise. */
const DEFAULT_STOP_TIMEOUT_S = 10

/** Reads the engine's answer; undefined where it is no container. */
export function readLife(inspected: unknown): Life | undefined {
  const id = textAt(inspected, 'Id')
  const name = textAt(inspected, 'Name')
  if (id === undefined || name === undefined) return undefined
  const seconds = numberAt(inspected, 'Config', 'StopTimeout') ?? DEFAULT_STOP_TIMEOUT_S
  return {
    id,
    name: name.replace(/^\//, ''),
    phase: readPhase(inspected),
    stopTimeoutMs: seconds < 0 ? undefined : seconds * 1000,
  }
}

function readPhase(inspected: unknown): LifePhase {
  const status = textAt(inspected, 'State', 'Status') ?? ''
  switch (status) {
    case 'created':
      return { kind: 'never-started' }
    case 'running':
    case 'paused':
      return { kind: status }
    case 'exited':
      return { kind: 'ended', ...readLastEnd(inspected) }
    case 'restarting':
      return { kind: 'restarting', ...readLastEnd(inspected) }
    default:
      return { kind: 'other', word: status }
  }
}

function readLastEnd(inspected: unknown): LastEnd {
  return {
    exitCode: numberAt(inspected, 'State', 'ExitCode') ?? 0,
    isOutOfMemory: at(inspected, 'State', 'OOMKilled') === true,
    error: textAt(inspected, 'State', 'Error'),
    finishedAt: textAt(inspected, 'State', 'FinishedAt') ?? '',
  }
}

function numberAt(json: unknown, ...path: readonly string[]): number | undefined {
  const value = at(json, ...path)
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}
