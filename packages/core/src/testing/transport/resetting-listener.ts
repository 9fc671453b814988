import { Worker } from 'node:worker_threads'
import type { SocketAddress } from '../../index.ts'

/** Resets what it accepts at once, and counts. In a thread of its own, so that it does while the test's thread waits. */
const RESETTING_LISTENER = `
const { parentPort, workerData } = require('node:worker_threads')
const server = require('node:net').createServer((socket) => {
  socket.on('error', () => {}).on('close', () => {
    Atomics.add(workerData, 0, 1)
    Atomics.notify(workerData, 0)
  })
  socket.resetAndDestroy()
})
server.listen({ host: '127.0.0.1', port: 0 }, () => parentPort.postMessage(server.address().port))`

/** How long a thread is stopped at most. */
const PATIENCE_MS = 20_000

/** A listener whose resets come before a transport in the test's thread has looked at its connects. */
export class ResettingListener {
  readonly address: SocketAddress
  readonly #worker: Worker
  readonly #resets: Int32Array

  private constructor(address: SocketAddress, worker: Worker, resets: Int32Array) {
    this.address = address
    this.#worker = worker
    this.#resets = resets
  }

  static async listen(): Promise<ResettingListener> {
    const resets = new Int32Array(new SharedArrayBuffer(4))
    const worker = new Worker(RESETTING_LISTENER, { eval: true, workerData: resets })
    const port = await new Promise<number>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
    })
    return new ResettingListener({ address: '127.0.0.1', port }, worker, resets)
  }

  /** Stops this thread until so many were reset. */
  blockUntilReset(count: number): void {
    const givesUpAt = performance.now() + PATIENCE_MS
    for (;;) {
      const seen = Atomics.load(this.#resets, 0)
      if (seen >= count) return
      const leftMs = givesUpAt - performance.now()
      if (leftMs <= 0) throw new Error(`never came: ${count} resets, there were ${seen}`)
      Atomics.wait(this.#resets, 0, seen, leftMs)
    }
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }
}
