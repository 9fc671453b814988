import { SUITE } from '@infrarust/test-kit/suite'
import { defineConfig } from 'vitest/config'

export default defineConfig({ test: SUITE })
