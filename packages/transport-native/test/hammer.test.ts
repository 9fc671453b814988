import { randomInt } from 'node:crypto'
import { IS_LONG } from '@infrarust/test-kit/suite'
import { describe, expect, it } from 'vitest'
import { hammer } from './hammer.ts'
import { whereNative } from './where-native.ts'

whereNative(() => {
  describe('a transport under the hammer', () => {
    it('keeps its promises whatever clients, backends and decisions do', { timeout: 180_000 }, async () => {
      // Another one each time; `test/hammer-run.ts <seconds> <seed>` makes the same run again.
      const seed = randomInt(2 ** 31)
      const seconds = IS_LONG ? 60 : 4
      const report = await hammer({ seconds, seed, threads: 2, clients: 60 })
      console.info(
        `${seconds} s, seed ${seed}: ${report.connections} connections, ${report.relays} relays, ${report.pumps} after a parley`,
      )
      expect(report.wrong, `with seed ${seed}`).toEqual([])
      expect(report.connections).toBeGreaterThan(50)
      expect(report.relays).toBeGreaterThan(20)
      expect(report.pumps).toBeGreaterThan(0)
    })
  })
})
