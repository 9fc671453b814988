import type { Socket } from 'node:net'
import { endOfHead, type HttpRequest, readHead } from './http-request.ts'

export interface Answer {
  readonly status: keyof typeof STATUS
  readonly body: string | Buffer
  readonly type?: string
  readonly allow?: string
}

const STATUS = {
  200: 'OK',
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
} as const

/** How long one may take to ask; who is slower is no scraper. */
const ASK_MS = 5_000
/** How long one may take to read the answer: as long as Prometheus waits for it. */
const READ_MS = 10_000
/** How long the client has to close its side once it has the answer. */
const CLOSE_MS = 1_000
const MAX_HEAD_BYTES = 8_192
/** What may follow a request: a body that nobody reads. It is taken in, since a reset would overtake the answer. */
const MAX_IGNORED_BYTES = 65_536

/**
 * One request and its answer, then the connection is closed.
 *
 * Not `node:http`: its parser hands over every request of 64 KiB at once, whatever was done about the first, so 64 clients
 * with pipelined requests hold up everything else for 140 ms, again and again.
 */
export function exchange(socket: Socket, answerTo: (request: HttpRequest) => Answer | Promise<Answer>): void {
  const head = Buffer.allocUnsafe(MAX_HEAD_BYTES)
  let headBytes = 0
  let ignoredBytes = 0
  let hasAsked = false
  let deadline = after(ASK_MS)
  // Whatever becomes of a client of this listener concerns nobody else.
  socket.on('error', () => undefined)
  socket.on('close', () => clearTimeout(deadline))
  socket.on('end', () => {
    if (!hasAsked) socket.destroy()
  })
  socket.on('finish', () => wait(CLOSE_MS))
  socket.on('data', (chunk: Buffer) => {
    if (hasAsked) return ignore(chunk.length)
    const before = headBytes
    const taken = chunk.copy(head, headBytes)
    headBytes += taken
    const end = endOfHead(head.subarray(0, headBytes), before)
    if (end < 0 && headBytes < MAX_HEAD_BYTES) return
    hasAsked = true
    ignore(chunk.length - taken + (end < 0 ? 0 : headBytes - end))
    wait(READ_MS)
    if (end < 0) return send({ status: 431, body: `a request has at most ${MAX_HEAD_BYTES} bytes` }, false)
    const request = readHead(head.subarray(0, end))
    if (request === undefined) return send({ status: 400, body: 'this is no request of HTTP/1.1' }, false)
    void Promise.resolve(answerTo(request)).then(
      (answer) => send(answer, request.method === 'HEAD'),
      (error: unknown) => send({ status: 500, body: String(error) }, request.method === 'HEAD'),
    )
  })

  function after(ms: number): NodeJS.Timeout {
    return setTimeout(() => socket.destroy(), ms).unref()
  }

  function wait(ms: number): void {
    clearTimeout(deadline)
    deadline = after(ms)
  }

  function ignore(bytes: number): void {
    ignoredBytes += bytes
    if (ignoredBytes > MAX_IGNORED_BYTES) socket.destroy()
  }

  function send(answer: Answer, isHead: boolean): void {
    if (socket.destroyed) return
    const body = typeof answer.body === 'string' ? Buffer.from(`${answer.body}\n`) : answer.body
    socket.cork()
    socket.write(headOf(answer, body.length), 'latin1')
    if (!isHead) socket.write(body)
    socket.end()
  }
}

function headOf({ status, type = 'text/plain; charset=utf-8', allow }: Answer, bodyBytes: number): string {
  const lines = [
    `HTTP/1.1 ${status} ${STATUS[status]}`,
    `Date: ${new Date().toUTCString()}`,
    `Content-Type: ${type}`,
    `Content-Length: ${bodyBytes}`,
    'Cache-Control: no-store',
    ...(allow === undefined ? [] : [`Allow: ${allow}`]),
    'Connection: close',
  ]
  return `${lines.join('\r\n')}\r\n\r\n`
}
