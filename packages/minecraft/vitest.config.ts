import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

// Thousands of generated inputs, on a machine that may be busy with others; one worker for each processor.
export default defineConfig({ test: { testTimeout: 60_000, maxWorkers: availableParallelism() } })
