import { Worker } from 'node:worker_threads'
import { type UnixName, unixPath } from '../../entries/transport.ts'
import type { SocketAddress } from '../../index.ts'
import { connectPeer, type Peer } from './peer.ts'

/**
 * A listener whose accept queue is full and stays so: the kernel drops further connection attempts, as a firewall
 * would. Its thread sleeps from the moment it listens.
 */
const SLEEPING_LISTENER = `
const { parentPort, workerData } = require('node:worker_threads')
const server = require('node:net').createServer()
server.listen({ ...workerData, backlog: 1 }, () => {
  parentPort.postMessage(server.address().port ?? 0)
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
})`

export class MuteListener {
  readonly address: SocketAddress
  readonly #worker: Worker
  readonly #fillers: Peer[]

  private constructor(address: SocketAddress, worker: Worker, fillers: Peer[]) {
    this.address = address
    this.#worker = worker
    this.#fillers = fillers
  }

  /** @param socket undefined: it is on loopback */
  static async listen(socket?: UnixName): Promise<MuteListener> {
    const where = socket === undefined ? { host: '127.0.0.1', port: 0 } : { path: unixPath(socket) }
    const worker = new Worker(SLEEPING_LISTENER, { eval: true, workerData: where })
    const port = await new Promise<number>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
    })
    const address =
      socket === undefined ? { address: '127.0.0.1', port } : ({ address: socket, port: undefined } as const)
    // A queue with backlog 1 takes two.
    const fillers = [await connectPeer(address), await connectPeer(address)]
    return new MuteListener(address, worker, fillers)
  }

  async close(): Promise<void> {
    for (const filler of this.#fillers) filler.socket.destroy()
    await this.#worker.terminate()
  }
}
