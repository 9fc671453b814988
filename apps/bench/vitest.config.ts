import { SUITE } from '@infrarust/test-kit/suite'
import { defineConfig } from 'vitest/config'

// What they start are measurements: one after the other.
export default defineConfig({ test: { ...SUITE, maxWorkers: 1 } })
