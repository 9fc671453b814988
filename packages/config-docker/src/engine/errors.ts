import { parseJson, textAt } from './json.ts'

/** `unreachable`: no connection. `refused`: an answer that is no success. `ended`: the stream of events is over. */
export type EngineErrorCode = 'unreachable' | 'refused' | 'ended'

/** Why an engine cannot be read; the message is for the operator, and the caller puts the endpoint before it. */
export class EngineError extends Error {
  readonly code: EngineErrorCode
  /** Of the HTTP answer, for `refused`. */
  readonly status: number | undefined

  constructor(
    code: EngineErrorCode,
    message: string,
    context: { readonly cause?: unknown; readonly status?: number } = {},
  ) {
    super(message, { cause: context.cause })
    this.name = 'EngineError'
    this.code = code
    this.status = context.status
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such socket (ENOENT); start Docker, or mount the socket into the container of the proxy',
  EACCES: 'permission denied (EACCES); run the proxy in the group that owns the socket',
  ECONNRESET: 'it closed the connection (ECONNRESET)',
  ECONNREFUSED: 'nobody listens there (ECONNREFUSED); start Docker',
}

/** The system, or TLS, did not give us a connection or cut it. */
export function unreachable(cause: unknown): EngineError {
  if (cause instanceof EngineError) return cause
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined
  const text = cause instanceof Error ? cause.message : String(cause)
  return new EngineError('unreachable', REASONS[code ?? ''] ?? text, { cause })
}

/**
 * An answer that is no success. Socket proxies answer 403 to what they were not told to pass.
 *
 * @param body the engine explains itself as `{"message": "…"}`, a socket proxy with HTML or plain text
 */
export function refused(path: string, status: number, body: string): EngineError {
  const explained = textAt(parseJson(body), 'message') ?? (body.startsWith('<') ? '' : body)
  const said = explained.replaceAll(/\s+/g, ' ').trim().slice(0, 200)
  const hint = status === 403 ? '; a socket proxy must pass this request' : ''
  const request = path.replace(/\?.*$/, '')
  return new EngineError('refused', `it answers ${status} to GET ${request}${hint}${said === '' ? '' : `: ${said}`}`, {
    status,
  })
}
