import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { ConnectionId, Decision, TransportInput } from '@infrarust/core/transport'
import { poll } from '@infrarust/test-kit'
import { describe, expect, it } from 'vitest'
import { nativeTransport } from '../src/index.ts'
import { whereNative } from './where-native.ts'

interface Tick {
  readonly kind: 'echo' | 'tick' | 'count'
  readonly port: number
  readonly roundTrips: number
  readonly connectedLate: number
  readonly at: number
}

const BLOCKED_MS = 1000
const CLIENTS = 4

whereNative(() => {
  describe('while JavaScript is blocked', () => {
    it('relays go on as before, and a new connection waits and then proceeds', { timeout: 60_000 }, async () => {
      const load = fork(join(import.meta.dirname, 'children/load.ts'))
      const heard: Tick[] = []
      load.on('message', (message: Tick) => heard.push(message))
      const { port: echoPort } = await poll('the echo server', () => heard.find(({ kind }) => kind === 'echo'))

      let standing = 0
      const seqs = new Map<ConnectionId, number>()
      const input = (id: ConnectionId, told: TransportInput): Decision | undefined => {
        const seq = (seqs.get(id) ?? 0) + 1
        seqs.set(id, seq)
        if (told.kind === 'dialled') standing++
        if (told.kind !== 'accepted') return undefined
        const attempts = [{ address: '127.0.0.1', port: echoPort, head: new Uint8Array(), connectTimeoutMs: 20_000 }]
        const never = Number.POSITIVE_INFINITY
        const limits = { deadlineAt: never, replayLimitBytes: 65_536, idleMs: 0, halfClosedIdleMs: 30_000 }
        return { kind: 'relay', seq, consumed: 0, attempts, ...limits }
      }
      const transport = nativeTransport({
        handler: { input },
        notice: () => {},
        keepAlive: { isEnabled: false, initialDelayMs: 0, intervalMs: 1000, probes: 3 },
        threads: 2,
      })
      const { port } = await transport.listen({ name: 'stall', host: '127.0.0.1', port: 0 })
      load.send({ kind: 'start', port, clients: CLIENTS })
      await poll('all relays', () => standing === CLIENTS || undefined)
      const before = await rateOver(heard, BLOCKED_MS)

      load.send({ kind: 'connect late', port })
      // The message is written by this thread: give it its way out before it blocks.
      await new Promise((resolve) => setImmediate(resolve))
      const first = heard.length
      const blockedUntil = performance.now() + BLOCKED_MS
      while (performance.now() < blockedUntil);
      // What the child counted meanwhile is in the pipe now.
      await poll('ticks of the blocked time', () => heard.length >= first + 5 || undefined)
      const during = rateOf(heard.slice(first, -1))
      // This thread has burnt one of the processors all the time, on which the relays had run: far more than nothing.
      expect(during).toBeGreaterThan(before / 10)

      await poll('the late connection', () => standing === CLIENTS + 1 || undefined)
      load.send({ kind: 'count' })
      const count = await poll('the count', () => heard.find(({ kind }) => kind === 'count'))
      expect(count.connectedLate).toBe(1)
      const exited = once(load, 'exit')
      load.send({ kind: 'stop' })
      await transport.close()
      await exited
    })
  })
})

/** Round trips a millisecond, from the ticks of the child. */
function rateOf(ticks: readonly Tick[]): number {
  const first = ticks.at(0)
  const last = ticks.at(-1)
  if (first === undefined || last === undefined || last.at === first.at) return 0
  return (last.roundTrips - first.roundTrips) / (last.at - first.at)
}

async function rateOver(heard: readonly Tick[], ms: number): Promise<number> {
  const first = heard.length
  await poll('ticks', () => {
    const ticks = heard.slice(first)
    return (ticks.at(-1)?.at ?? 0) - (ticks.at(0)?.at ?? 0) >= ms || undefined
  })
  return rateOf(heard.slice(first))
}
