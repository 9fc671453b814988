import { createHmac } from 'node:crypto'
import type { Forwarding } from '@infrarust/core'
import type { Logger } from 'pino'
import { readOrMakeSecret, readSecret, type SecretReading, secretIn } from './secret-file.ts'
import { SECRET_VARIABLE } from './secret-place.ts'

interface Kept {
  readonly velocity: Forwarding
  readonly bungeeguard: Forwarding
  readonly secret: string
}

/** The secrets that are shared with servers, each read once and again on demand. What was good stays in force. */
export class Secrets {
  readonly #logger: Logger
  readonly #kept = new Map<string, Kept>()
  readonly #faults = new Map<string, string>()
  readonly #told = new Set<string>()

  constructor(logger: Logger) {
    this.#logger = logger
  }

  /** @returns undefined where there is no secret; the log has said why */
  of(path: string): Kept | undefined {
    if (!this.#kept.has(path) && !this.#faults.has(path)) this.#take(path, readOrMakeSecret(path))
    return this.#kept.get(path)
  }

  /** The secret of the environment; undefined where there is none. */
  ofVariable(text: string): Kept | undefined {
    const name = `variable ${SECRET_VARIABLE}`
    if (!this.#kept.has(name) && !this.#faults.has(name)) this.#take(name, secretIn(Buffer.from(text), name))
    return this.#kept.get(name)
  }

  /** Reads those files again that are in use. */
  readAgain(paths: ReadonlySet<string>): void {
    for (const path of new Set([...this.#kept.keys(), ...this.#faults.keys()])) if (!paths.has(path)) this.#forget(path)
    for (const path of paths)
      this.#take(path, this.#kept.has(path) ? (readSecret(path) ?? gone(path)) : readOrMakeSecret(path))
  }

  /** One line for each that cannot be had. */
  problems(): readonly string[] {
    return [...this.#faults.values()]
  }

  #forget(path: string): void {
    if (path.startsWith('variable ')) return
    this.#kept.delete(path)
    this.#faults.delete(path)
  }

  #take(path: string, reading: SecretReading): void {
    if (reading.kind === 'fault') {
      const inForce = this.#kept.has(path)
        ? 'the secret before stays in force'
        : 'players of servers that need it are refused'
      const line = `forwarding secret: ${reading.fault}; ${inForce}`
      if (this.#faults.get(path) !== line) this.#logger.error({ event: 'forwarding' }, line)
      this.#faults.set(path, line)
      return
    }
    this.#faults.delete(path)
    for (const warning of reading.warnings) this.#warnOnce(`forwarding secret: ${warning}`)
    const before = this.#kept.get(path)
    if (before?.secret === reading.secret) return
    if (reading.isNew)
      this.#logger.info(
        { event: 'forwarding' },
        `made ${path} with a new forwarding secret; put what is in it into the servers`,
      )
    else if (before !== undefined)
      this.#logger.info({ event: 'forwarding' }, `${path}: another forwarding secret is in force`)
    this.#kept.set(path, keep(reading.secret))
  }

  #warnOnce(line: string): void {
    if (this.#told.has(line)) return
    this.#told.add(line)
    this.#logger.warn({ event: 'forwarding' }, line)
  }
}

function gone(path: string): SecretReading {
  return { kind: 'fault', fault: `${path} is gone` }
}

function keep(secret: string): Kept {
  return {
    velocity: { kind: 'velocity', hmac: (data) => createHmac('sha256', secret).update(data).digest() },
    bungeeguard: { kind: 'bungeeguard', token: secret },
    secret,
  }
}
