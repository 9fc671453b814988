import { createServer, type Server } from 'node:net'

/** A backend that keeps what each connection sent until its FIN. The program before it is asked one input at a time. */
export class Backend {
  readonly #server: Server
  #received: Buffer | undefined
  #open = 0
  #idle: (() => void) | undefined

  constructor() {
    this.#server = createServer((socket) => {
      const chunks: Buffer[] = []
      this.#open++
      socket.on('data', (chunk) => chunks.push(chunk))
      socket.on('error', () => {})
      socket.on('close', () => {
        this.#received = Buffer.concat(chunks)
        this.#open--
        if (this.#open === 0) this.#idle?.()
      })
    })
  }

  listen(path: string): Promise<void> {
    return new Promise((resolve) => this.#server.listen(path, resolve))
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }

  /** What the last connection sent since the last call; `undefined` where none came. Waits for an open one. */
  async take(): Promise<Uint8Array | undefined> {
    if (this.#open > 0) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve
      })
    }
    const received = this.#received
    this.#received = undefined
    return received
  }
}
