import { transportContract } from '@infrarust/core/testing'
import { nativeTransport } from '../src/index.ts'

transportContract('native', { factory: (options) => nativeTransport({ ...options, threads: 2 }) })
