import { parseJson, textAt } from './json.ts'

/**
 * `unreachable`: no connection. `late`: no answer in time. `refused`: an answer that is no success. `ended`: the stream of
 * events is over.
 */
export type EngineErrorCode = 'unreachable' | 'late' | 'refused' | 'ended'

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

const UNKNOWN_AUTHORITY = 'nobody known has signed its certificate; name its authority as ca in [docker.tls]'

/** By the code of the system, of Node or of OpenSSL. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such socket (ENOENT); start Docker, or mount the socket into the container of the proxy',
  EACCES: 'permission denied (EACCES); run the proxy in the group that owns the socket',
  ECONNRESET: 'it closed the connection (ECONNRESET)',
  ECONNREFUSED: 'nobody listens there (ECONNREFUSED); start Docker',
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'it asks for a client certificate; name cert and key in [docker.tls]',
  ERR_OSSL_PEM_NO_START_LINE: 'a file of [docker.tls] is no PEM file',
}

/** The system, or TLS, did not give us a connection or cut it. */
export function unreachable(cause: unknown): EngineError {
  if (cause instanceof EngineError) return cause
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined
  // OpenSSL's texts end in a line break.
  const text = onOneLine(cause instanceof Error ? cause.message : String(cause))
  return new EngineError('unreachable', REASONS[code ?? ''] ?? text, { cause })
}

/**
 * An answer that is no success. Socket proxies answer 403 to what they were not told to pass.
 *
 * @param body the engine explains itself as `{"message": "…"}`, a socket proxy with HTML or plain text
 */
export function refused(method: string, path: string, status: number, body: string): EngineError {
  const explained = textAt(parseJson(body), 'message') ?? (body.startsWith('<') ? '' : body)
  const said = onOneLine(explained).slice(0, 200)
  const hint = status === 403 ? '; a socket proxy must pass this request' : ''
  const request = path.replace(/\?.*$/, '')
  return new EngineError(
    'refused',
    `it answers ${status} to ${method} ${request}${hint}${said === '' ? '' : `: ${said}`}`,
    {
      status,
    },
  )
}

function onOneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}
