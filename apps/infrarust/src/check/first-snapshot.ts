import { setTimeout as wait } from 'node:timers/promises'
import {
  DEFAULT_REGISTRY_TIMINGS,
  type DefinedServer,
  ProviderRegistry,
  type Route,
  type Server,
} from '@infrarust/core'
import type { Provider } from '@infrarust/core/provider'
import { BUILT_IN_PROVIDERS } from '../built-in-providers.ts'
import { validateServer } from '../program-keys.ts'

export interface FirstSnapshot {
  readonly servers: readonly Server[]
  /** @param domain cleaned up by `cleanDomain` */
  route(domain: string): Route
  /** The same with the definitions that they were read from. */
  readonly defined: readonly DefinedServer[]
  readonly findings: readonly Finding[]
  /** Whether every provider has given a list; else there may be more servers. */
  readonly isComplete: boolean
}

export interface Finding {
  readonly level: 'error' | 'warn' | 'info'
  readonly message: string
}

const LOOK_MS = 10

/**
 * What the providers say first, judged as a running proxy would. What a provider of the operator's own leaves behind, such
 * as a timer, would keep the process: end it with {@link exitWhenWritten}.
 *
 * @param mistakeBehind as `Providers` says it: a failure with one is an error in its words, any other one a warning
 */
export async function firstSnapshot(
  providers: readonly Provider[],
  mistakeBehind: (provider: string, failure: string) => string | undefined,
): Promise<FirstSnapshot> {
  const findings: Finding[] = []
  const registry = new ProviderRegistry({
    validate: validateServer,
    // Without a provider it speaks of a conflict: one of the two servers would not be served as written.
    log: ({ provider, level, message }) =>
      findings.push(
        provider === undefined ? { level: 'error', message } : { level, message: withName(provider, message) },
      ),
  })
  registry.use(providers)
  const end = performance.now() + DEFAULT_REGISTRY_TIMINGS.firstListMs
  const isWaiting = (): boolean => registry.status().some(({ state }) => state === 'waiting')
  while (isWaiting() && performance.now() < end) await wait(LOOK_MS)
  registry.stop()
  // What a provider throws when it is told to stop is noticed only when nothing else runs.
  await new Promise(setImmediate)
  const mistakes = new Map<string, string>()
  for (const { name, state, lastError } of registry.status()) {
    const mistake = state === 'failing' && lastError !== undefined && mistakeBehind(name, lastError.message)
    if (mistake) mistakes.set(withName(name, lastError.message), withName(name, mistake))
  }
  return {
    servers: registry.servers,
    route: (domain) => registry.route(domain),
    defined: registry.defined,
    isComplete: registry.status().every(({ hasList }) => hasList),
    findings: findings.map((finding) => {
      const message = mistakes.get(finding.message)
      return message === undefined ? finding : { level: 'error', message }
    }),
  }
}

/** What a provider of this program says names its file or container; of a stranger's only its name is known. */
function withName(provider: string, message: string): string {
  const isOurs = provider === 'file' || BUILT_IN_PROVIDERS.some(({ name }) => name === provider)
  const isNamed = isOurs || message.startsWith('provider "')
  return isNamed ? message : `provider "${provider}": ${message}`
}
