import { type PowerCheck, PowerError, type PowerReading, type PowerState } from '@infrarust/core/server-power'
import { oneLine } from '../one-line.ts'

// Whatever a module says is somebody else's: it is read once, bounded, and taken for what it was promised to be only then.

const MOST_LINES = 200
const MOST_CHECKS = 20
const SHORTEST_MS = 100

const STATES: Readonly<Record<PowerState, true>> = {
  running: true,
  stopped: true,
  starting: true,
  stopping: true,
  crashed: true,
  unknown: true,
}

/** @throws {PowerError} for what is no reading */
export function readReading(said: unknown): PowerReading {
  const { state, why } = recordOf(said)
  if (typeof state !== 'string' || !isState(state)) {
    const shown = typeof state === 'string' ? JSON.stringify(oneLine(state)) : typeof state
    const words = Object.keys(STATES).join(', ')
    throw new PowerError('failed', `its module says that its state is ${shown}; it is one of ${words}`)
  }
  return typeof why === 'string' && why !== '' ? { state, why: oneLine(why) } : { state }
}

/** Undefined for what is no list. */
export function readLines(said: unknown): readonly string[] | undefined {
  if (!Array.isArray(said)) return undefined
  return said.slice(-MOST_LINES).flatMap((line: unknown) => (typeof line === 'string' ? [oneLine(line)] : []))
}

/** What is no list has nothing to say. */
export function readChecks(said: unknown): readonly PowerCheck[] {
  if (!Array.isArray(said)) return []
  return said.slice(0, MOST_CHECKS).map((check: unknown) => {
    const { isGood, text } = recordOf(check)
    return { isGood: isGood === true, text: typeof text === 'string' ? oneLine(text) : 'its module gives no text' }
  })
}

/** Undefined for what is no time; never so short that it is asked without end. */
export function readMilliseconds(said: unknown): number | undefined {
  return typeof said === 'number' && said >= 0 ? Math.max(said, SHORTEST_MS) : undefined
}

function isState(word: string): word is PowerState {
  return Object.hasOwn(STATES, word)
}

function recordOf(said: unknown): Readonly<Record<string, unknown>> {
  return typeof said === 'object' && said !== null ? { ...said } : {}
}
