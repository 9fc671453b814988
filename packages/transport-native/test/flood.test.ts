import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { ConnectionId, Decision, TransportInput } from '@infrarust/core/transport'
import { poll } from '@infrarust/test-kit'
import { describe, expect, it } from 'vitest'
import { nativeTransport } from '../src/index.ts'
import { whereNative } from './where-native.ts'

const FLOOD_MS = 4_000
/** What the handler takes for one newcomer: so much that no machine keeps up with the flood. */
const HANDLER_MS = 2

whereNative(() => {
  describe('under a flood of connections that JavaScript cannot keep up with', () => {
    // Reports were handled for as long as there were any: no timer of the process ran before the flood was over, and what
    // it had opened by then was all accepted and waiting.
    it('timers go on, and only a few newcomers are accepted before JavaScript has heard of them', {
      timeout: 60_000,
    }, async () => {
      const seqs = new Map<ConnectionId, number>()
      let newcomers = 0
      let longestWaitMs = 0
      const transport = nativeTransport({
        handler: {
          input(id: ConnectionId, { kind, at }: TransportInput): Decision | undefined {
            if (kind === 'finished') seqs.delete(id)
            if (kind !== 'accepted') return undefined
            newcomers++
            longestWaitMs = Math.max(longestWaitMs, transport.now() - at)
            const freeAt = performance.now() + HANDLER_MS
            while (performance.now() < freeAt);
            seqs.set(id, 1)
            return { kind: 'close', seq: 1, consumed: 0, how: 'end' }
          },
        },
        notice: () => {},
        keepAlive: { isEnabled: false, initialDelayMs: 0, intervalMs: 1000, probes: 3 },
        threads: 2,
      })
      const { port } = await transport.listen({ name: 'flood', host: '127.0.0.1', port: 0 })
      const flood = fork(join(import.meta.dirname, 'children/flood.ts'))
      const exited = once(flood, 'exit')

      let lastTickAt = performance.now()
      let longestGapMs = 0
      let ticks = 0
      const ticking = setInterval(() => {
        const now = performance.now()
        longestGapMs = Math.max(longestGapMs, now - lastTickAt)
        lastTickAt = now
        ticks++
      }, 10)
      flood.send({ port, forMs: FLOOD_MS })
      await exited
      clearInterval(ticking)

      // More than the bound, so that it was reached.
      expect(newcomers).toBeGreaterThan(500)
      expect(ticks).toBeGreaterThan(10)
      expect(longestGapMs).toBeLessThan(FLOOD_MS / 4)
      // `at` is when the report was written: about 128 newcomers at 2 ms each lie before it.
      expect(longestWaitMs).toBeLessThan(FLOOD_MS / 2)
      await poll('all of them to be over', () => (seqs.size === 0 ? true : undefined))
      await transport.close()
    })
  })
})
