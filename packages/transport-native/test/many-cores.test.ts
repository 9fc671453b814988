import { describe, expect, it, vi } from 'vitest'
import { nativeTransport } from '../src/index.ts'
import { whereNative } from './where-native.ts'

vi.mock('node:os', async (original) => ({
  ...(await original<typeof import('node:os')>()),
  availableParallelism: () => 96,
}))

whereNative(() => {
  describe('on a machine with more cores than ids have room for threads', () => {
    // It refused to start there, with nothing configured.
    it('has as many threads as there is room for', async () => {
      const keepAlive = { isEnabled: false, initialDelayMs: 0, intervalMs: 1000, probes: 3 }
      const transport = nativeTransport({ handler: { input: () => undefined }, notice: () => {}, keepAlive })
      const { port } = await transport.listen({ name: 'many', host: '127.0.0.1', port: 0 })
      expect(port).toBeGreaterThan(0)
      await transport.close()
    })
  })
})
