import type { Provider } from '../../entries/provider.ts'

/**
 * A source of servers that the suite can change, and the provider that watches it. Keys are `one`, `two` and so on; each
 * change is complete in the source when its promise resolves, and nothing but the provider's own watching tells it.
 */
export interface ProviderSubject {
  /** A new one for the same source at each call, as your factory makes it: each must find what is there. */
  provider(): Provider | Promise<Provider>
  /** Adds the server `key`, or replaces it, so that it has exactly these domains. */
  put(key: string, domains: readonly string[]): Promise<void>
  /** Gives the server `key` a value or a key that no server can have. */
  spoil(key: string): Promise<void>
  remove(key: string): Promise<void>
  /** Takes the whole source away: a stopped engine, a web server that answers 500. */
  makeUnreadable(): Promise<void>
  makeReadable(): Promise<void>
  dispose(): Promise<void>
}
