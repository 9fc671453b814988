import { setTimeout as wait } from 'node:timers/promises'
import {
  DEFAULT_REGISTRY_TIMINGS,
  type Provider,
  ProviderRegistry,
  type ProviderStatus,
  type Server,
  validateServer,
} from '@infrarust/core'

export interface FirstSnapshot {
  readonly servers: readonly Server[]
  readonly findings: readonly Finding[]
}

export interface Finding {
  readonly level: 'error' | 'warn' | 'info'
  readonly message: string
}

const LOOK_MS = 10

/** What the providers say first, judged as a running proxy would. */
export async function firstSnapshot(providers: readonly Provider[]): Promise<FirstSnapshot> {
  const findings: Finding[] = []
  const registry = new ProviderRegistry({
    validate: validateServer,
    // Without a provider it speaks of a conflict: one of the two servers would not be served as written.
    log: ({ provider, level, message }) => findings.push({ level: provider === undefined ? 'error' : level, message }),
  })
  registry.use(providers)
  const end = performance.now() + DEFAULT_REGISTRY_TIMINGS.firstListMs
  const isWaiting = (): boolean => registry.status().some(({ state }) => state === 'waiting')
  while (isWaiting() && performance.now() < end) await wait(LOOK_MS)
  registry.stop()
  return { servers: registry.servers, findings: withSilence(findings, registry.status()) }
}

/** A source that cannot be read may come back to a proxy that runs; here nobody knows what would be served. */
function withSilence(findings: readonly Finding[], providers: readonly ProviderStatus[]): readonly Finding[] {
  const failures = providers.flatMap(({ state, lastError }) => (state === 'failing' ? [lastError?.message] : []))
  const silent = providers.flatMap(({ name, state }): Finding[] =>
    state === 'waiting' ? [{ level: 'error', message: `provider "${name}" has given no list of servers` }] : [],
  )
  const judged = findings.map(
    (finding): Finding => (failures.includes(finding.message) ? { ...finding, level: 'error' } : finding),
  )
  return [...judged, ...silent]
}
