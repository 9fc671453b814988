import type { LiveCounters, Transport, TransportFactory, TransportNotice } from '../../entries/transport.ts'
import type { SocketAddress } from '../../index.ts'
import { Backend, connectPeer, type Peer } from './peer.ts'
import { type Move, type Observed, type Script, ScriptedHandler } from './scripted-handler.ts'
import type { SocketFolder } from './socket-folder.ts'
import { poll } from './waiting.ts'

/** A transport that listens, its scripted handler, and the peers on both sides of it. */
export class Stage {
  readonly handler: ScriptedHandler
  readonly transport: Transport
  readonly notices: TransportNotice[] = []
  readonly #peers: Peer[] = []
  readonly #backends: Backend[] = []
  readonly #sockets: SocketFolder | undefined
  #address: SocketAddress | undefined

  /** @param sockets where its Unix sockets are; undefined: it is on loopback */
  constructor(factory: TransportFactory, script: Script, sockets?: SocketFolder) {
    this.#sockets = sockets
    this.handler = new ScriptedHandler(script)
    this.transport = factory({
      handler: this.handler,
      notice: (notice) => this.notices.push(notice),
      keepAlive: { isEnabled: true, initialDelayMs: 60_000, intervalMs: 10_000, probes: 3 },
    })
  }

  async listen(host?: string, name = 'test', port = 0): Promise<SocketAddress> {
    const where = host === undefined ? this.nextAddress() : { host, port }
    this.#address = await this.transport.listen({ name, ...where })
    return this.#address
  }

  /** Where one more listener may be. */
  nextAddress(): { readonly host: string; readonly port: number | undefined } {
    return this.#sockets === undefined
      ? { host: '127.0.0.1', port: 0 }
      : { host: this.#sockets.socket(), port: undefined }
  }

  get address(): SocketAddress {
    if (this.#address === undefined) throw new Error('not listening')
    return this.#address
  }

  /** How many clients have connected: the last one's connection has the number below it. */
  get clientCount(): number {
    return this.#peers.length
  }

  async client(options: { readonly isPaused?: boolean } = {}): Promise<Peer> {
    const peer = await connectPeer(this.address, options)
    this.#peers.push(peer)
    return peer
  }

  async backend(onConnection?: (peer: Peer) => void): Promise<Backend> {
    const backend = await Backend.listen(onConnection, this.#sockets?.socket())
    this.#backends.push(backend)
    return backend
  }

  /** The connection with this number as the handler sees it. */
  connection(index = 0): Promise<Observed> {
    return this.handler.connection(index)
  }

  /**
   * Waits until the counters of a connection say this. A peer may have a byte a moment before it is counted: what sends
   * it is another thread, and counts what it has sent.
   */
  async untilCounted(connection: Observed, { bytesIn, bytesOut }: LiveCounters): Promise<void> {
    await poll(`${bytesIn} bytes in and ${bytesOut} out`, () => {
      const counted = this.transport.counters(connection.id)
      return counted?.bytesIn === bytesIn && counted.bytesOut === bytesOut ? counted : undefined
    })
  }

  /** Decides from outside, as after `settled` or `cut`. */
  decide(connection: Observed, move: Move): void {
    this.handler.isInsideDecide = true
    this.transport.decide(connection.id, connection.number(move))
    this.handler.isInsideDecide = false
  }

  /** Closes everything. @returns what was wrong whatever the test was about */
  async close(): Promise<string[]> {
    await this.transport.close()
    for (const peer of this.#peers) peer.socket.destroy()
    for (const backend of this.#backends) await backend.close()
    this.#sockets?.remove()
    const wrong = [...this.handler.violations]
    for (const connection of this.handler.connections) {
      if (connection.kinds[0] !== 'accepted') wrong.push(`${connection.id}: the first input is ${connection.kinds[0]}`)
      if (connection.kinds.at(-1) !== 'finished') wrong.push(`${connection.id}: the last is ${connection.kinds.at(-1)}`)
      const times = connection.inputs.map((input) => input.at)
      if (times.some((at, index) => at < (times[index - 1] ?? at)))
        wrong.push(`${connection.id}: time went back: ${times}`)
    }
    return wrong
  }
}
