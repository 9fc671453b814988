import { randomUUID } from 'node:crypto'
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { KeptWakes } from './wakes.ts'

/** What a restart has to know of a server; times are epoch milliseconds. */
export interface KeptState extends KeptWakes {
  /** What was decided last, written before it was done. */
  readonly phase: string
  readonly at: number
  /** How long the last starts took, latest last. */
  readonly startsMs: readonly number[]
}

const NOTHING: KeptState = { phase: 'unknown', at: 0, startsMs: [], inVain: 0, lockedUntil: 0 }

/**
 * The file of one server. Written rarely, and at once: what is written before an act has to be there before it.
 */
export class StateFile {
  readonly #folder: string
  readonly #path: string

  constructor(folder: string, serverId: string) {
    this.#folder = folder
    this.#path = join(folder, `${encodeURIComponent(serverId).slice(0, 200)}.json`)
  }

  /** What is missing or damaged is nothing: the server is looked at anyway. */
  read(): KeptState {
    try {
      const read: unknown = JSON.parse(readFileSync(this.#path, 'utf8'))
      return isKept(read) ? read : NOTHING
    } catch {
      return NOTHING
    }
  }

  /** @throws {Error} where it cannot be written */
  write(state: KeptState): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    const made = `${this.#path}.${randomUUID()}`
    try {
      const file = openSync(made, 'wx', 0o600)
      try {
        writeSync(file, `${JSON.stringify(state)}\n`)
        fsyncSync(file)
      } finally {
        closeSync(file)
      }
      renameSync(made, this.#path)
    } catch (error) {
      rmSync(made, { force: true })
      throw error
    }
  }
}

function isKept(read: unknown): read is KeptState {
  if (typeof read !== 'object' || read === null) return false
  const { phase, at, startsMs, inVain, lockedUntil } = read as Partial<Record<keyof KeptState, unknown>>
  const numbers = Array.isArray(startsMs) && startsMs.every((each) => Number.isFinite(each))
  return typeof phase === 'string' && [at, inVain, lockedUntil].every((each) => Number.isFinite(each)) && numbers
}
