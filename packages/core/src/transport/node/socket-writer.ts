import type { Socket } from 'node:net'

/** What surely fits one segment: every path carries an IPv6 packet of 1,280 bytes. */
const ONE_SEGMENT_BYTES = 1_200

/**
 * Writes to a socket, and does on the way what most sockets never need: the first segment leaves at once with Nagle's
 * algorithm too, a list ping or a refused login has no second one, and nobody who keeps up has to be waited for.
 */
export class SocketWriter {
  readonly #socket: Socket
  readonly #drained: () => void
  #nagle: 'harmless' | 'in the way' | 'off' = 'harmless'
  #listens = false

  /** @param drained after each write that returned false, once there is room again */
  constructor(socket: Socket, drained: () => void) {
    this.#socket = socket
    this.#drained = drained
  }

  /** @returns false where the caller must stop giving until `drained` */
  write(bytes: Uint8Array): boolean {
    if (this.#nagle === 'in the way' || bytes.length > ONE_SEGMENT_BYTES) this.noDelay()
    else if (this.#nagle === 'harmless') this.#nagle = 'in the way'
    const goesOn = this.#socket.write(bytes)
    if (!goesOn && !this.#listens) {
      this.#listens = true
      this.#socket.on('drain', this.#drained)
    }
    return goesOn
  }

  /** For somebody else who is going to write. */
  noDelay(): void {
    if (this.#nagle === 'off') return
    this.#nagle = 'off'
    this.#socket.setNoDelay()
  }
}
