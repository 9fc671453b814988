import type { Socket } from 'node:net'
import { beginsHeader, type DecodeOptions, Decoder, type Header, ProxyProtocolError } from '../index.ts'

/** How a connection began. Whatever was read beyond the header is back in the socket. */
export type Beginning =
  | { readonly kind: 'header'; readonly header: Header }
  | { readonly kind: 'direct' }
  | { readonly kind: 'refused'; readonly error: ProxyProtocolError }

export interface HeaderReaderOptions extends DecodeOptions {
  readonly limitBytes: number
  /** Counted from the accept, never restarted by a byte. */
  readonly timeoutMs: number
  /** Whether a connection without a header is `direct`; else it is refused. */
  readonly isOptional: boolean
}

/** Reads the header at the start of a socket and calls `done` once, in the tick in which it is known. */
export function readHeader(socket: Socket, options: HeaderReaderOptions, done: (beginning: Beginning) => void): void {
  const decoder = new Decoder(options)
  const received = new Received()

  const finish = (beginning: Beginning, keepFrom: number): void => {
    clearTimeout(deadline)
    socket.off('readable', read).off('end', end).off('close', end).off('error', fail)
    const rest = received.bytes.subarray(keepFrom)
    if (rest.length > 0) socket.unshift(rest)
    done(beginning)
  }
  const refuse = (error: ProxyProtocolError): void => finish({ kind: 'refused', error }, received.bytes.length)
  const end = (): void => refuse(new ProxyProtocolError({ code: 'closed', offset: received.bytes.length }))
  const fail = (cause: Error): void => refuse(new ProxyProtocolError({ code: 'closed' }, cause.message))

  const read = (): void => {
    const chunk: unknown = socket.read()
    if (!(chunk instanceof Uint8Array)) return
    const bytes = received.push(chunk)
    const begins = options.isOptional ? beginsHeader(bytes) : 'yes'
    if (begins === 'no') finish({ kind: 'direct' }, 0)
    if (begins !== 'yes') return
    const decoded = decoder.decode(bytes)
    if (decoded.kind === 'malformed') refuse(new ProxyProtocolError(decoded))
    if (decoded.kind === 'header') finish({ kind: 'header', header: decoded.header }, decoded.headerBytes)
  }

  const deadline = setTimeout(
    () => refuse(new ProxyProtocolError({ code: 'timeout', offset: received.bytes.length })),
    options.timeoutMs,
  )
  socket.on('readable', read).on('end', end).on('close', end).on('error', fail)
}

/** Everything received, in a buffer that grows by doubling: 64 KiB one byte at a time are copied a few times only. */
class Received {
  #storage: Uint8Array = new Uint8Array(0)
  #length = 0

  get bytes(): Uint8Array {
    return this.#storage.subarray(0, this.#length)
  }

  push(chunk: Uint8Array): Uint8Array {
    const length = this.#length + chunk.length
    if (length > this.#storage.length) {
      const grown = new Uint8Array(this.#length === 0 ? length : 2 * length)
      grown.set(this.bytes)
      this.#storage = grown
    }
    this.#storage.set(chunk, this.#length)
    this.#length = length
    return this.bytes
  }
}
