import { SUITE, WAITING_WORKERS } from '@infrarust/test-kit/suite'
import { defineConfig } from 'vitest/config'

// Nearly every test starts the program, and waits for it.
export default defineConfig({ test: { ...SUITE, maxWorkers: WAITING_WORKERS } })
