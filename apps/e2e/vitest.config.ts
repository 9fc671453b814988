import { SUITE, WAITING_WORKERS } from '@infrarust/test-kit/suite'
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

/** What they compare are times, memory or a share of the processor: each has the machine for itself. */
const ALONE = files(
  'dashboard-load',
  'docker-burst',
  'floods',
  'login-flood',
  'short-connections',
  'status-flood',
  'unread',
)
/**
 * What they look at is the same above both transports: the routing table of an engine's containers (what moves the bytes to
 * them is in docker.test.ts), texts, pages, log lines, metrics, packets, and the packages that the program comes in.
 */
const ONCE = files(
  'dashboard*',
  'docker-*',
  'doctor',
  'fail2ban',
  'image',
  'login-codec',
  'motd',
  'prometheus',
  'rootfs',
  'sleeping-killed',
  'systemd',
)

/** The others start real programs and wait for them most of the time. */
const groups = [
  { name: 'side by side', include: ['test/**/*.test.ts'], exclude: ALONE, maxWorkers: WAITING_WORKERS },
  { name: 'alone', include: ALONE, exclude: [], maxWorkers: 1 },
]

export default defineConfig({
  test: {
    projects: groups.flatMap(({ name, include, exclude, maxWorkers }, groupOrder) =>
      transports.map((transport) => ({
        test: {
          ...SUITE,
          name: `${transport} transport, ${name}`,
          provide: { transport },
          include,
          exclude: transport === 'native' ? [...exclude, ...ONCE] : exclude,
          testTimeout: 120_000,
          // What all tests of a file share is started in a hook.
          hookTimeout: 120_000,
          maxWorkers,
          sequence: { groupOrder },
        },
      })),
    ),
  },
})

function files(...names: readonly string[]): string[] {
  return names.map((name) => `test/${name}.test.ts`)
}
