import type { Verb } from '../control/verb.ts'
import type { LiveProxy } from './live-proxy.ts'

/** One line about a provider; a provider of thousands of servers fits no single one. */
export type ProviderLine =
  | {
      readonly kind: 'provider'
      readonly name: string
      readonly state: 'waiting' | 'serving' | 'failing'
      readonly last_error: { readonly message: string; readonly at: string } | null
    }
  | { readonly kind: 'server' | 'problem' | 'conflict'; readonly provider: string; readonly text: string }

/** Where the servers come from, and what is wrong there. */
export function providersVerb({ registry }: LiveProxy): Verb {
  return {
    name: 'providers',
    async *run() {
      for (const { name, state, servers, problems, conflicts, lastError } of registry.status()) {
        const last_error = lastError === undefined ? null : { ...lastError, at: new Date(lastError.at).toISOString() }
        yield { kind: 'provider', name, state, last_error } satisfies ProviderLine
        for (const text of servers) yield { kind: 'server', provider: name, text } satisfies ProviderLine
        for (const text of problems) yield { kind: 'problem', provider: name, text } satisfies ProviderLine
        for (const text of conflicts) yield { kind: 'conflict', provider: name, text } satisfies ProviderLine
      }
    },
  }
}
