import { join } from 'node:path'
import { SUITE } from '@infrarust/test-kit/suite'
import { defineConfig } from 'vitest/config'

const src = join(import.meta.dirname, 'src')

export default defineConfig({
  resolve: {
    // For the examples of the documentation, which import this package by its name; the same in tsconfig.test.json.
    alias: [
      { find: /^@infrarust\/core$/, replacement: join(src, 'index.ts') },
      { find: /^@infrarust\/core\/testing$/, replacement: join(src, 'testing/index.ts') },
      { find: /^@infrarust\/core\/([\w-]+)$/, replacement: join(src, 'entries/$1.ts') },
    ],
  },
  // One more than there are processors: the contract of transports waits most of the time, and is the longest file.
  test: { ...SUITE, maxWorkers: SUITE.maxWorkers + 1 },
})
