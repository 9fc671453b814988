import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { type Contender, freePort } from './contenders.ts'
import { proportionalMemoryOf } from './cpu.ts'
import { HEAD } from './load.ts'

export interface FirstConnection {
  /** From the start of the process until the backend has the connection: accepted, read and dialled. */
  readonly startMs: number
  /** A while after it. */
  readonly memoryBytes: number
}

/** What a start leaves to do is done by then. */
const SETTLED_MS = 1_000

/** Starts a proxy, sends a client through it as soon as it listens, and looks at its memory when it has gone. */
export async function firstConnection(contender: Contender): Promise<FirstConnection> {
  const backendPort = await freePort()
  const backend = createServer().listen(backendPort, '127.0.0.1')
  await once(backend, 'listening')
  const startedAt = performance.now()
  const { port, pid, stop } = await contender.start(backendPort)
  try {
    const served = once(backend, 'connection').then(([socket]) => socket)
    const client = connect(port, '127.0.0.1').on('error', () => {})
    client.write(HEAD)
    const socket = await served
    const startMs = performance.now() - startedAt
    socket.on('error', () => {}).destroy()
    client.destroy()
    await delay(SETTLED_MS)
    return { startMs, memoryBytes: pid === undefined ? Number.NaN : proportionalMemoryOf(pid) }
  } finally {
    await stop()
    backend.close()
  }
}
