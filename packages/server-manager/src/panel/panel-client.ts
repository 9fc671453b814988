import type { IncomingMessage, RequestOptions } from 'node:http'
import { isAbsolute, join } from 'node:path'
import { PowerError } from '@infrarust/core/server-power'
import { oneLine } from '../one-line.ts'
import { readPemFile } from './pem-file.ts'

/** How a panel is reached. */
export interface PanelOptions {
  /** Without a `/` at its end. */
  readonly apiUrl: string
  readonly apiKey: string
  /** PEM of the authority, or of the panel's own certificate. */
  readonly caFile: string | undefined
  /** Takes any certificate. */
  readonly insecure: boolean
  /** Where a relative `caFile` begins. */
  readonly folder: string
}

/** What a panel answered; whatever its status is. */
export interface PanelAnswer {
  readonly status: number
  /** Undefined where it is no JSON. */
  readonly json: unknown
}

/** For a whole answer. A panel asks its node first, and waits for that. */
const ANSWER_MS = 10_000
const LONGEST_ANSWER_BYTES = 65_536

/**
 * The HTTP of both panels: one that hangs, answers without end or is somebody else costs its own server ten seconds and
 * 64 KiB, and nobody learns the key from a message.
 */
export class PanelClient {
  readonly #options: PanelOptions

  constructor(options: PanelOptions) {
    this.#options = options
  }

  /** Address of the panel, for people. */
  get place(): string {
    return this.#options.apiUrl
  }

  /** @throws {PowerError} `unreachable` where there is no answer of a panel */
  async ask(method: 'GET' | 'POST', path: string, body: string | undefined, signal: AbortSignal): Promise<PanelAnswer> {
    signal.throwIfAborted()
    const late = AbortSignal.timeout(ANSWER_MS)
    try {
      const answer = await this.#send(method, path, body, AbortSignal.any([signal, late]))
      return await this.#read(answer)
    } catch (cause) {
      if (signal.aborted) throw signal.reason
      if (cause instanceof PowerError) throw cause
      const why = late.aborted ? `no answer within ${ANSWER_MS / 1000} s` : this.withoutKey(reasonOf(cause))
      throw new PowerError('unreachable', `${this.place}: ${why}`)
    }
  }

  /** A panel may repeat what it was sent. */
  withoutKey(text: string): string {
    return oneLine(text.replaceAll(this.#options.apiKey, '…'))
  }

  async #send(method: string, path: string, body: string | undefined, signal: AbortSignal): Promise<IncomingMessage> {
    const { apiUrl, apiKey, insecure } = this.#options
    if (!/^[\x21-\x7e]+$/.test(apiKey))
      throw new PowerError('denied', 'api_key has blanks or characters that no key has; copy it again')
    const url = new URL(`${apiUrl}${path}`)
    const isTls = url.protocol === 'https:'
    const http = isTls ? await import('node:https') : await import('node:http')
    const headers = {
      accept: 'application/json',
      authorization: `Bearer ${apiKey}`,
      'user-agent': 'infrarust',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      'content-length': Buffer.byteLength(body ?? ''),
    }
    const ca = isTls ? await this.#authority() : undefined
    const tls = isTls ? { rejectUnauthorized: !insecure, ...(ca === undefined ? {} : { ca }) } : {}
    // A connection of its own: one that was kept may be closed under an order, and nobody knows whether it was taken.
    const options: RequestOptions = { method, headers, agent: false, signal, ...tls }
    return await new Promise((resolve, reject) => {
      http.request(url, options, resolve).once('error', reject).end(body)
    })
  }

  /** Read for each request: certificates are renewed under a running proxy. */
  async #authority(): Promise<Buffer | undefined> {
    const { caFile, folder } = this.#options
    if (caFile === undefined) return undefined
    const path = isAbsolute(caFile) ? caFile : join(folder, caFile)
    try {
      return await readPemFile(path)
    } catch (cause) {
      throw new PowerError('failed', `ca_file cannot be read: ${oneLine(String(cause))}`)
    }
  }

  async #read(answer: IncomingMessage): Promise<PanelAnswer> {
    const { statusCode: status = 0, headers } = answer
    const chunks: Buffer[] = []
    let bytes = 0
    for await (const chunk of answer) {
      if (!Buffer.isBuffer(chunk)) continue
      bytes += chunk.length
      // Leaving the loop closes the connection.
      if (bytes > LONGEST_ANSWER_BYTES)
        throw new PowerError('failed', `${this.place}: its answer is longer than 64 KiB; is api_url that of the panel?`)
      chunks.push(chunk)
    }
    // The key goes where the operator sent it, and nowhere else.
    if (status >= 300 && status < 400) {
      const to = this.withoutKey(headers.location ?? 'somewhere else')
      throw new PowerError('failed', `${this.place}: it sends on to ${to}; write its own address as api_url`)
    }
    return { status, json: parseJson(Buffer.concat(chunks).toString('utf8')) }
  }
}

const UNKNOWN_AUTHORITY =
  'nobody known has signed its certificate; write the file of the certificate as ca_file, or insecure = true'

/** By the code of the system, of Node or of OpenSSL. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there (ECONNREFUSED); is the panel up, and the port right?',
  ERR_OSSL_PEM_NO_START_LINE: 'ca_file is no PEM file',
  ECONNRESET: 'it closed the connection (ECONNRESET)',
  ENOTFOUND: 'there is no such host (ENOTFOUND); see api_url',
  EAI_AGAIN: 'its name cannot be looked up now (EAI_AGAIN)',
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name; write that name in api_url',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS there; write http:// in api_url',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS there; write http:// in api_url',
  HPE_INVALID_CONSTANT: 'it does not answer in HTTP; write https:// in api_url',
}

function reasonOf(cause: unknown): string {
  // Of several addresses that were tried, the last one is as good as any.
  const error = cause instanceof AggregateError ? (cause.errors.at(-1) ?? cause) : cause
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
  return REASONS[code] ?? (error instanceof Error ? error.message : String(error))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
