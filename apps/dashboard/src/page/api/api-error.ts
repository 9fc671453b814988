/** Why the proxy has not done what it was asked, or could not be asked. */
export class ApiError extends Error {
  /** Of the answer, or `unreachable`. */
  readonly code: string
  /** When to ask again, where the answer says it. */
  readonly retryAfterMs: number | undefined

  constructor(code: string, message: string, retryAfterMs?: number) {
    super(message)
    this.code = code
    this.retryAfterMs = retryAfterMs
  }
}

/** @throws {ApiError} for an answer that is none of success; its body says why, unless something in between has answered */
export async function checked(response: Response): Promise<Response> {
  if (response.ok) return response
  const said: { error?: { code?: unknown; message?: unknown } } = await response.json().catch(() => ({}))
  const { code, message } = said.error ?? {}
  const after = Number(response.headers.get('retry-after'))
  throw new ApiError(
    typeof code === 'string' ? code : `http_${response.status}`,
    typeof message === 'string' ? message : `the answer was HTTP ${response.status}`,
    after > 0 ? after * 1_000 : undefined,
  )
}
