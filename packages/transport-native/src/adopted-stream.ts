import type { Buffer } from 'node:buffer'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Close, End, LiveCounters } from '@infrarust/core'

/** What a thread handed over with a descriptor. */
export interface HandOver {
  readonly fd: number
  readonly bytesIn: number
  readonly bytesOut: number
  /** What a thread had still to send to the client. */
  readonly unsent: Buffer
  /** What it had read and no decision consumed. */
  readonly unread: Buffer
  readonly hasClientEnded: boolean
}

/** A connection whose descriptor belongs to JavaScript: a `net.Socket`, and what must still be known of it. */
export class AdoptedStream {
  readonly #socket: Socket
  readonly #bytesIn: number
  readonly #bytesOut: number
  #end: End | undefined

  /** @param closed called once, when the descriptor is closed */
  constructor(handOver: HandOver, closed: () => void) {
    this.#bytesIn = handOver.bytesIn
    this.#bytesOut = handOver.bytesOut
    if (handOver.hasClientEnded) this.#end = { by: 'client', how: 'fin' }
    this.#socket = new Socket({ fd: handOver.fd, readable: true, writable: true, allowHalfOpen: true })
    this.#socket
      .on('end', () => {
        this.#end ??= { by: 'client', how: 'fin' }
      })
      .on('error', () => {
        this.#end ??= { by: 'client', how: 'reset' }
      })
      .on('close', closed)
    if (handOver.unread.length > 0) this.#socket.unshift(handOver.unread)
    if (handOver.unsent.length > 0) this.#socket.write(handOver.unsent)
  }

  get stream(): Duplex {
    return this.#socket
  }

  get counters(): LiveCounters {
    return {
      bytesIn: this.#bytesIn + this.#socket.bytesRead,
      bytesOut: this.#bytesOut + this.#socket.bytesWritten - this.#socket.writableLength,
    }
  }

  /** Whose end came first; ours where nothing else was noticed. */
  get end(): End {
    return this.#end ?? { by: 'gateway', how: 'closed' }
  }

  destroy(how: Close['how']): void {
    this.#end ??= { by: 'gateway', how: 'closed' }
    if (how === 'reset' && !isShuttingDown(this.#socket)) this.#socket.resetAndDestroy()
    else this.#socket.destroy()
  }
}

/** Then libuv refuses a reset (`EINVAL`), and the socket would neither close nor say so. */
function isShuttingDown({ writableEnded, writableFinished, writableLength }: Socket): boolean {
  // With something left to write the shutdown has not begun.
  return writableEnded && !writableFinished && writableLength === 0
}
