import { transportContract } from '@infrarust/core/testing'
import { nativeTransport } from '../src/index.ts'
import { whereNative } from './where-native.ts'

whereNative(() => {
  transportContract('native', { factory: (options) => nativeTransport({ ...options, threads: 2 }), over: 'loopback' })
})
