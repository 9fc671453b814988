/**
 * - `unreachable`: the source does not answer: a panel, an engine, a host
 * - `denied`: it answers, and does not let us: a key, a permission
 * - `not-found`: it does not know the server (or hides it from whoever may not see it)
 * - `busy`: not now: installing, moving, a node in maintenance
 * - `failed`: it was tried and did not work: a program that cannot be run, a command that ended with an error
 */
export type PowerErrorCode = 'unreachable' | 'denied' | 'not-found' | 'busy' | 'failed'

/**
 * A server that cannot be started, stopped or asked for. The message is one line for the operator in the source's own words,
 * with what to do where that is known; no key and no password stands in it.
 */
export class PowerError extends Error {
  override readonly name = 'PowerError'
  readonly code: PowerErrorCode

  constructor(code: PowerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
