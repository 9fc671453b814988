import { connect, createServer } from 'node:net'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import type { Decision, TransportInput } from '@infrarust/core/transport'
import { nativeTransport } from '../../src/index.ts'

// A live relay when the process, or the worker that has the transport, ends: node exit.ts exit|worker|idle

const how = process.argv[2] ?? 'exit'

if (how === 'worker' && isMainThread) {
  const worker = new Worker(new URL(import.meta.url), { argv: ['worker'] })
  worker.once('message', async () => {
    await worker.terminate()
    console.log('worker gone')
  })
} else if (how === 'idle') {
  // Neither listener nor connection: nothing keeps the process.
  const transport = newTransport(0)
  await transport.listen({ name: 'idle', host: '127.0.0.1', port: 0 })
  await transport.stopListening()
  console.log('idle')
} else {
  const backend = createServer((socket) => {
    socket.on('error', () => {})
    socket.pipe(socket)
  })
  backend.listen(0, '127.0.0.1', async () => {
    const bound = backend.address()
    if (bound === null || typeof bound === 'string') throw new Error('no address')
    const transport = newTransport(bound.port)
    const { port = 0 } = await transport.listen({ name: 'exit', host: '127.0.0.1', port: 0 })
    const client = connect(port, '127.0.0.1')
    client.on('error', () => {})
    client.write('ping')
    let echoes = 0
    client.on('data', () => {
      client.write('ping')
      if (++echoes !== 100) return
      console.log('relaying')
      if (how === 'worker') parentPort?.postMessage('relaying')
      else process.exit(0)
    })
  })
}

function newTransport(backendPort: number): ReturnType<typeof nativeTransport> {
  const input = (_id: number, told: TransportInput): Decision | undefined => {
    if (told.kind !== 'accepted') return undefined
    const never = Number.POSITIVE_INFINITY
    const attempts = [{ address: '127.0.0.1', port: backendPort, head: new Uint8Array(), connectTimeoutMs: 5000 }]
    const limits = { deadlineAt: never, replayLimitBytes: 1000, idleMs: 0, halfClosedIdleMs: 0 }
    return { kind: 'relay', seq: 1, consumed: 0, attempts, ...limits }
  }
  const keepAlive = { isEnabled: false, initialDelayMs: 0, intervalMs: 1000, probes: 3 }
  return nativeTransport({ handler: { input }, notice: () => {}, keepAlive, threads: 2 })
}
