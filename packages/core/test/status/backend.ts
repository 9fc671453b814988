import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { encodeStatusResponse } from '@infrarust/minecraft'
import { decode, type Header } from '@infrarust/proxy-protocol'

/** A connection as a backend saw it: its PROXY header, and the bytes behind that. */
export interface Seen {
  readonly header: Header | undefined
  readonly rest: Buffer
  readonly from: { readonly address: string; readonly port: number }
}

/** A backend whose behaviour is one function of what has come: what to send, or to close. */
export class Backend {
  readonly port: number
  readonly seen: Seen[] = []
  readonly #server: ReturnType<typeof createServer>
  readonly #sockets = new Set<Socket>()

  private constructor(server: ReturnType<typeof createServer>) {
    this.#server = server
    const bound = server.address()
    this.port = typeof bound === 'object' ? (bound?.port ?? 0) : 0
  }

  /** @param path of its Unix socket; undefined: it is on loopback */
  static async start(answer: (seen: Seen) => Uint8Array | 'close' | 'wait', path?: string): Promise<Backend> {
    const server = createServer()
    server.listen(path === undefined ? { port: 0, host: '127.0.0.1' } : { path })
    await once(server, 'listening')
    const backend = new Backend(server)
    server.on('connection', (socket) => backend.#serve(socket, answer))
    return backend
  }

  #serve(socket: Socket, answer: (seen: Seen) => Uint8Array | 'close' | 'wait'): void {
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
    socket.on('error', () => undefined)
    // All that the proxy sends, it sends in one segment.
    socket.once('data', (bytes: Buffer) => {
      const decoded = decode(bytes)
      const isHeader = decoded.kind === 'header'
      const seen: Seen = {
        header: isHeader ? decoded.header : undefined,
        rest: isHeader ? bytes.subarray(decoded.headerBytes) : bytes,
        from: { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 },
      }
      this.seen.push(seen)
      const reply = answer(seen)
      if (reply === 'close') socket.end()
      else if (reply !== 'wait') socket.write(reply)
    })
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((closed) => this.#server.close(closed))
  }
}

export const STATUS_JSON: string = JSON.stringify({
  version: { name: '1.20.4', protocol: 765 },
  players: { max: 20, online: 3 },
  description: { text: 'hello' },
})

export function statusReply(json = STATUS_JSON): Uint8Array {
  return encodeStatusResponse(json)
}
