import { SUITE, WAITING_WORKERS } from '@infrarust/test-kit/suite'
import { defineConfig } from 'vitest/config'

/** What they look at is how long JavaScript and the relay threads keep each other waiting. */
const ALONE = ['test/flood.test.ts', 'test/hammer.test.ts', 'test/stall.test.ts']

/** The others wait for sockets and for deadlines most of the time. */
const sideBySide = { ...SUITE, name: 'side by side', exclude: ALONE, maxWorkers: WAITING_WORKERS }

export default defineConfig({
  test: {
    projects: [
      { test: { ...sideBySide, sequence: { groupOrder: 0 } } },
      { test: { ...SUITE, name: 'alone', include: ALONE, maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
})
