import { SUITE } from '@infrarust/test-kit/suite'
import { defineConfig } from 'vitest/config'

/** What they look at is how long JavaScript and the relay threads keep each other waiting. */
const ALONE = ['test/flood.test.ts', 'test/hammer.test.ts', 'test/stall.test.ts']

export default defineConfig({
  test: {
    projects: [
      { test: { ...SUITE, name: 'side by side', exclude: ALONE, sequence: { groupOrder: 0 } } },
      { test: { ...SUITE, name: 'alone', include: ALONE, maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
})
