/**
 * How commands speak with the running proxy: JSON, one object a line. A client sends one request and then its input, the
 * server answers with items as they come to be, and then with an end or an error; that is one connection.
 *
 *     → {"kind":"request","version":1,"verb":"ban.add","options":{"by":"alice"}}
 *     → {"kind":"input","value":"203.0.113.7"}
 *     → {"kind":"input-end"}
 *     ← {"kind":"item","value":{"target":"203.0.113.7"}}
 *     ← {"kind":"end"}
 */
export type FromClient =
  | { readonly kind: 'request'; readonly version: number; readonly verb: string; readonly options: Options }
  | { readonly kind: 'input'; readonly value: unknown }
  | { readonly kind: 'input-end' }

export type FromServer =
  | { readonly kind: 'item'; readonly value: unknown }
  | { readonly kind: 'end' }
  | { readonly kind: 'error'; readonly code: string; readonly message: string }
  /** Nothing to say yet, but still at it. */
  | { readonly kind: 'alive' }

export type Options = Readonly<Record<string, unknown>>

/** Raised when a client of before could misunderstand a server of after, or the other way round. */
export const CONTROL_VERSION: number = 1

/** What one line of a client may have. */
export const REQUEST_LINE_MAX_BYTES: number = 64 * 1024

/** What one line of the server may have: a ban with a long history, a changed list of ten thousand networks. */
export const ANSWER_LINE_MAX_BYTES: number = 16 * 1024 * 1024

/** How often a server that is at work and has nothing to say shows that it is there. */
export const ALIVE_MS: number = 2_000

export function readFromClient(line: unknown): FromClient | undefined {
  if (!isRecord(line)) return undefined
  switch (line.kind) {
    case 'request': {
      const { version, verb, options } = line
      if (typeof version !== 'number' || typeof verb !== 'string' || !isRecord(options)) return undefined
      return { kind: 'request', version, verb, options }
    }
    case 'input':
      return { kind: 'input', value: line.value }
    case 'input-end':
      return { kind: 'input-end' }
    default:
      return undefined
  }
}

export function readFromServer(line: unknown): FromServer | undefined {
  if (!isRecord(line)) return undefined
  switch (line.kind) {
    case 'item':
      return { kind: 'item', value: line.value }
    case 'error':
      return { kind: 'error', code: String(line.code), message: String(line.message) }
    case 'end':
    case 'alive':
      return { kind: line.kind }
    default:
      return undefined
  }
}

export function isRecord(value: unknown): value is Options {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
