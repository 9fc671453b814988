import { describe, expect, it } from 'vitest'
import { hammer } from './hammer.ts'
import { whereNative } from './where-native.ts'

whereNative(() => {
  describe('a transport under the hammer', () => {
    it('keeps its promises whatever clients, backends and decisions do', { timeout: 120_000 }, async () => {
      const report = await hammer({ seconds: 4, seed: 20_261_123, threads: 2, clients: 60 })
      expect(report.wrong).toEqual([])
      expect(report.connections).toBeGreaterThan(50)
      expect(report.relays).toBeGreaterThan(20)
    })
  })
})
