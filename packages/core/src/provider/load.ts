import type { Provider } from './contract.ts'
import { loadFactory, whyNotLoaded } from './load-factory.ts'

/** What a provider's module exports, as default or under the name `provider`. */
export type ProviderFactory = (
  options: Readonly<Record<string, unknown>>,
  context: ProviderContext,
) => Provider | Promise<Provider>

/** What a provider of the operator's own is told besides its options. */
export interface ProviderContext {
  /** The folder of `infrarust.toml`: relative paths in the options are meant from there. */
  readonly baseDir: string
}

/** A provider of the operator's own, or why it cannot be loaded. */
export type LoadedProvider =
  | { readonly kind: 'provider'; readonly provider: Provider }
  /** `message` is one line for the operator, and names the module. */
  | { readonly kind: 'failed'; readonly message: string }

/**
 * Loads a provider that is not part of this program. A module is loaded once in the life of the process: its options are
 * live, its code is not.
 *
 * @param specifier a path (`./http-provider.ts`, absolute, or a `file:` URL) or the name of an installed package
 * @param options   its own table of `infrarust.toml`; the module checks it
 * @param baseDir   where relative paths begin and where packages are looked for first, then beside this program
 */
export async function loadProvider(
  specifier: string,
  options: Readonly<Record<string, unknown>>,
  baseDir: string,
): Promise<LoadedProvider> {
  const fail = (what: string): LoadedProvider => ({ kind: 'failed', message: `provider "${specifier}" ${what}` })
  const exported = { name: 'provider', example: '(options) => ({ name, start })' }
  const loaded = await loadFactory(specifier, baseDir, exported)
  if (loaded.kind === 'failed') return fail(loaded.message)
  try {
    const provider = await loaded.make(options, { baseDir })
    return isProvider(provider) ? { kind: 'provider', provider } : fail('made something without "name" and "start"')
  } catch (cause) {
    return fail(`refuses its options: ${whyNotLoaded(cause)}`)
  }
}

function isProvider(made: unknown): made is Provider {
  if (typeof made !== 'object' || made === null) return false
  const { name, start } = made as Partial<Record<keyof Provider, unknown>>
  return typeof name === 'string' && name !== '' && typeof start === 'function'
}
