import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { VerbError } from '../verbs/verb-error.ts'
import type { Api, Given } from './given.ts'
import { refusalJson } from './refusal.ts'
import { SSE_COMMENT, sseBytes } from './sse.ts'
import { ROOM_TEXT, type Visitor } from './visitors.ts'

/** How often a proxy that is at work and has nothing to say shows that it is there. */
const ALIVE_MS = 2_000
/** How long one that does not read is kept. */
const UNREAD_MS = 10_000
/** How long one that goes on sending what nobody wants is listened to, so that it hears its answer. */
const FAREWELL_MS = 2_000
/** What is written in one go. */
const PIECE_BYTES = 64 * 1024

/** One request and its answer; resolves when that is over, whatever has become of it. */
export async function exchange(
  api: Api,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  visitor: Visitor,
  showsProgress: boolean,
): Promise<void> {
  // 1.0 has no such answers. @see RFC 9110, section 15.2
  const answer = new Answer(outgoing, showsProgress && incoming.httpVersion !== '1.0')
  const client = visitor.socket.remoteAddress
  const gone = new AbortController()
  outgoing.on('close', () => gone.abort())
  visitor.makeRoom = () => answer.makeRoom()
  try {
    const [path = '', query = ''] = split(targetOf(incoming.url ?? '/'))
    const given = { path, query, body: bodyOf(incoming, visitor), signal: gone.signal, client }
    const response = await respond(api, incoming, given)
    visitor.isSentAway = response.headers.get('connection') === 'close'
    await answer.send(response)
  } finally {
    visitor.makeRoom = undefined
    visitor.awaits('nothing')
    await answer.end()
    await dropped(incoming)
  }
}

async function respond(api: Api, { method = 'GET', rawHeaders }: IncomingMessage, given: Given): Promise<Response> {
  const headers = new Headers()
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '')
  // `TRACE` and `CONNECT` are no methods of a Request; no route has them, and its answer says which it has.
  const named = NO_REQUEST.has(method) ? `NOT-${method}` : method
  return api(new Request('http://infrarust/', { method: named, headers }), given)
}

const NO_REQUEST: ReadonlySet<string> = new Set(['TRACE', 'TRACK', 'CONNECT'])

/** A proxy in between writes the whole URL. */
function targetOf(url: string): string {
  return url.replace(/^https?:\/\/[^/]*/i, '')
}

function split(target: string): readonly string[] {
  const at = target.indexOf('?')
  return at < 0 ? [target] : [target.slice(0, at), target.slice(at + 1)]
}

/** As it comes, and no faster than it is asked for. */
async function* bodyOf(incoming: IncomingMessage, visitor: Visitor): AsyncGenerator<Uint8Array, void> {
  const pieces = incoming.iterator({ destroyOnReturn: false })
  for (;;) {
    visitor.awaits('body')
    try {
      const { done, value } = await pieces.next()
      if (done) return
      visitor.awaits('nothing')
      yield value
    } finally {
      visitor.awaits('nothing')
    }
  }
}

/** Closing on a body that nobody has read would be a reset, which takes the answer along. */
async function dropped(incoming: IncomingMessage): Promise<void> {
  if (incoming.complete || incoming.destroyed) return
  incoming.resume()
  const late = setTimeout(() => incoming.destroy(), FAREWELL_MS)
  await once(incoming, 'close').catch(() => {})
  clearTimeout(late)
}

/** What is written to one client. */
class Answer {
  readonly #outgoing: ServerResponse
  readonly #alive: NodeJS.Timeout
  #isStream = false

  constructor(outgoing: ServerResponse, showsProgress: boolean) {
    this.#outgoing = outgoing
    outgoing.on('error', () => {})
    this.#alive = setInterval(() => {
      // Not on top of what waits already: then the client hears from us as soon as it reads.
      if (this.#isOver || outgoing.writableLength > 0) return
      if (this.#isStream) outgoing.write(SSE_COMMENT)
      else if (!outgoing.headersSent && showsProgress) outgoing.writeProcessing()
    }, ALIVE_MS)
    outgoing.on('close', () => clearInterval(this.#alive))
  }

  async send({ status, headers, body }: Response): Promise<void> {
    if (!this.#isOver) {
      this.#isStream = headers.get('content-type') === 'text/event-stream'
      this.#outgoing.writeHead(status, Object.fromEntries(headers))
      this.#outgoing.flushHeaders()
    }
    for await (const bytes of body ?? []) {
      for (let from = 0; from < bytes.length; from += PIECE_BYTES) {
        if (this.#isOver) return
        await this.#write(bytes.subarray(from, from + PIECE_BYTES))
      }
    }
  }

  /** Resolves when all of it is out, or will never be. */
  async end(): Promise<void> {
    clearInterval(this.#alive)
    const outgoing = this.#outgoing
    if (!outgoing.writableEnded) outgoing.end()
    if (!outgoing.closed) await this.#within('close')
  }

  /** Another one is more urgent. */
  makeRoom(): void {
    if (this.#isOver) return
    const error = new VerbError('unavailable', ROOM_TEXT)
    if (this.#isStream) this.#outgoing.end(sseBytes({ kind: 'error', code: error.code, message: error.message }))
    else if (this.#outgoing.headersSent) this.#outgoing.destroy()
    else {
      this.#outgoing.shouldKeepAlive = false
      this.#outgoing.writeHead(503, { 'content-type': 'application/json' })
      this.#outgoing.end(JSON.stringify(refusalJson(error)))
    }
    setTimeout(() => this.#outgoing.destroy(), FAREWELL_MS).unref()
  }

  get #isOver(): boolean {
    return this.#outgoing.writableEnded || this.#outgoing.destroyed
  }

  async #write(bytes: Uint8Array): Promise<void> {
    if (!this.#outgoing.write(bytes)) await this.#within('drain')
  }

  /** Waits for that, or for its end; one that does not read has its end after a while. */
  async #within(event: 'drain' | 'close'): Promise<void> {
    const outgoing = this.#outgoing
    const slow = setTimeout(() => outgoing.destroy(), UNREAD_MS)
    await new Promise<void>((resolve) => {
      const settle = (): void => {
        outgoing.off(event, settle).off('close', settle)
        resolve()
      }
      outgoing.on(event, settle).on('close', settle)
    })
    clearTimeout(slow)
  }
}
