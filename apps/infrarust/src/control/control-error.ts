/**
 * - `absent`: no process listens there
 * - `unreachable`: there may be one, and it cannot be reached
 * - `untrusted`: what listens there belongs to somebody who is not the proxy
 * - `lost`: it went away before it had answered
 * - `silent`: it is there and does not answer
 * - `protocol`: what was said is not understood: one of the two is of another version
 */
export type ControlErrorCode = 'absent' | 'unreachable' | 'untrusted' | 'lost' | 'silent' | 'protocol'

/** What went wrong between a command and the proxy; the message is for the operator. */
export class ControlError extends Error {
  override readonly name = 'ControlError'
  readonly code: ControlErrorCode

  constructor(code: ControlErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
