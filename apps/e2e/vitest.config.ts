import { loadNative } from '@infrarust/transport-native'
import { defineConfig } from 'vitest/config'

declare module 'vitest' {
  interface ProvidedContext {
    readonly transport: 'node' | 'native'
  }
}

const native = loadNative()
if (native.kind === 'unavailable') {
  const text = `the end-to-end suite on the native transport: ${native.reason}`
  if (process.env.CI) throw new Error(`${text}; under CI nothing may be missing`)
  process.stderr.write(`LEFT OUT: ${text}\n`)
}
const transports = native.kind === 'unavailable' ? (['node'] as const) : (['node', 'native'] as const)

// Real programs and ratios of times: one file after the other, so that no test measures its neighbour.
export default defineConfig({
  test: {
    fileParallelism: false,
    projects: transports.map((transport, groupOrder) => ({
      extends: true as const,
      test: {
        name: `${transport} transport`,
        provide: { transport },
        include: ['test/**/*.test.ts'],
        // They look at the routing table; what moves the bytes to containers is in docker.test.ts, on both.
        exclude: transport === 'native' ? ['test/docker-*.test.ts'] : [],
        testTimeout: 120_000,
        hookTimeout: 60_000,
        sequence: { groupOrder },
      },
    })),
  },
})
