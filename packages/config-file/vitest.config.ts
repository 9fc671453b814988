import { SUITE } from '@infrarust/test-kit/suite'
import { defineConfig } from 'vitest/config'

// Changes in the file system are waited for; on a busy machine that takes long, and says nothing about the code.
export default defineConfig({
  test: { ...SUITE, testTimeout: 120_000, expect: { poll: { timeout: 50_000, interval: 10 } } },
})
