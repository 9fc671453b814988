import { defineConfig } from 'vitest/config'

// Real programs and ratios of times: one file after the other, so that no test measures its neighbour.
export default defineConfig({
  test: { include: ['test/**/*.test.ts'], fileParallelism: false, testTimeout: 120_000, hookTimeout: 60_000 },
})
