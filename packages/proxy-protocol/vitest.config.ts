import { defineConfig } from 'vitest/config'

// Thousands of generated inputs and real programs, on a machine that may be busy with others.
export default defineConfig({ test: { testTimeout: 60_000 } })
