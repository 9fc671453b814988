/** What each code means is the status of its answer. */
export const STATUS_OF = {
  bad_request: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  too_large: 413,
  rate_limited: 429,
  internal: 500,
  unavailable: 503,
} as const

export type VerbErrorCode = keyof typeof STATUS_OF

/** Why a verb was not carried out. The message is for who asked; of what is wrong in a request it names the field. */
export class VerbError extends Error {
  override readonly name = 'VerbError'
  readonly code: VerbErrorCode

  constructor(code: VerbErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

/** Any error as one that can be answered with. */
export function verbError(error: unknown): VerbError {
  if (error instanceof VerbError) return error
  return new VerbError('internal', error instanceof Error ? error.message : String(error))
}
