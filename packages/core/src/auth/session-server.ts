import type { Agent, IncomingMessage } from 'node:http'
import { decodeProfileJson, type Profile } from '@infrarust/minecraft'

/** What is asked about a player who has finished the exchange of keys. */
export interface JoinQuestion {
  /** As the client claims it. */
  readonly name: string
  /** Of the shared secret and our public key: what the client has told the session server by itself. */
  readonly serverHash: string
  /** Only where the session server is to compare it with where the player joined from. */
  readonly clientAddress?: string | undefined
}

/** What a session server says about a player. */
export type JoinAnswer =
  | { readonly kind: 'joined'; readonly profile: Profile }
  /** The session server knows of no such join: no account, another one, or another address. */
  | { readonly kind: 'not-joined' }
  /** Nothing can be said about the player. `detail` is for the operator. */
  | { readonly kind: 'unavailable'; readonly detail: string }

/** Which session server is asked, and for how long it is waited for. */
export interface SessionServerOptions {
  /** All of it, `/session/minecraft/hasJoined` included; `http:` to loopback, `https:` to anywhere. */
  readonly url: string
  /** For the answer to one question, a second try included. */
  readonly timeoutMs: number
}

/** More are asked one after the other, over connections that are there. */
const MAX_SOCKETS = 64
/** A real answer has one or two thousand bytes. */
const ANSWER_MAX_BYTES = 65_536

/**
 * Asks a session server whether players have joined. An answer is never kept: it holds for the one login whose keys it is
 * about.
 *
 * A connection that was kept and is closed under the question is no answer, so it is asked once more; a "no" is one.
 */
export class SessionServer {
  readonly #options: SessionServerOptions
  #agent: Agent | undefined

  constructor(options: SessionServerOptions) {
    this.#options = options
  }

  /** Never rejects. `signal` is for a player who does not wait any more. */
  async hasJoined(question: JoinQuestion, signal?: AbortSignal): Promise<JoinAnswer> {
    const { timeoutMs } = this.#options
    const deadline = AbortSignal.timeout(timeoutMs)
    const until = signal === undefined ? deadline : AbortSignal.any([deadline, signal])
    try {
      return await this.#ask(question, until)
    } catch (error) {
      const detail = deadline.aborted ? `no answer within ${timeoutMs} ms` : messageOf(error)
      return { kind: 'unavailable', detail }
    }
  }

  /** Lets go of the connections that are kept. */
  close(): void {
    this.#agent?.destroy()
    this.#agent = undefined
  }

  async #ask(question: JoinQuestion, signal: AbortSignal): Promise<JoinAnswer> {
    const url = questionUrl(this.#options.url, question)
    try {
      return await this.#get(url, signal, 'kept')
    } catch (error) {
      if (!isBroken(error) || signal.aborted) throw error
      // What has ended one of the connections that were kept has ended the others, too.
      return this.#get(url, signal, 'new')
    }
  }

  async #get(url: URL, signal: AbortSignal, connection: 'kept' | 'new'): Promise<JoinAnswer> {
    // Only who authenticates players needs it.
    const http = url.protocol === 'https:' ? await import('node:https') : await import('node:http')
    this.#agent ??= new http.Agent({ keepAlive: true, maxSockets: MAX_SOCKETS })
    const agent = connection === 'kept' ? this.#agent : false
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      http.get(url, { agent, signal }, resolve).once('error', reject)
    })
    return answerOf(response.statusCode ?? 0, await bodyOf(response))
  }
}

/** As the field reads the codes: 204 is Mojang's "no", 401 and 403 are those of other issuers. */
function answerOf(status: number, body: string): JoinAnswer {
  switch (status) {
    case 200: {
      const decoded = decodeProfileJson(body)
      return decoded.kind === 'decoded'
        ? { kind: 'joined', profile: decoded.value }
        : { kind: 'unavailable', detail: 'its answer is no profile' }
    }
    case 204:
    case 401:
    case 403:
      return { kind: 'not-joined' }
    case 429:
      return { kind: 'unavailable', detail: 'it was asked too often (status 429)' }
    default:
      return { kind: 'unavailable', detail: `it answered with status ${status}` }
  }
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  let text = ''
  let bytes = 0
  response.setEncoding('utf8')
  for await (const piece of response) {
    const part = String(piece)
    bytes += Buffer.byteLength(part)
    if (bytes > ANSWER_MAX_BYTES) throw new Error(`its answer has more than ${ANSWER_MAX_BYTES} bytes`)
    text += part
  }
  return text
}

function questionUrl(base: string, { name, serverHash, clientAddress }: JoinQuestion): URL {
  const url = new URL(base)
  url.searchParams.set('username', name)
  url.searchParams.set('serverId', serverHash)
  if (clientAddress !== undefined) url.searchParams.set('ip', clientAddress)
  return url
}

/** The connection ended before an answer: nothing was said about the player. */
function isBroken(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'ECONNRESET' || code === 'EPIPE'
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // Of several addresses that were tried, each has its own.
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.map(messageOf).join(', ')
  return error.message === '' ? error.name : error.message
}
