import { validateServer } from '../../src/entries/provider.ts'
import { ProviderRegistry, type RegistryNotice, type Route, type ServerDiff } from '../../src/index.ts'
import { ScriptedProvider } from './scripted-provider.ts'

/** How long the registry waits for more before it swaps. */
export const DEBOUNCE_MS = 50

const scripted = new WeakMap<ProviderRegistry, readonly ScriptedProvider[]>()

/** A registry of scripted providers, the first of which is `file`, and what it has said. */
export function started(...names: readonly string[]) {
  const notices: RegistryNotice[] = []
  const swaps: ServerDiff[] = []
  const registry = new ProviderRegistry({
    validate: validateServer,
    log: (notice) => notices.push(notice),
    onSwap: (_servers, diff) => swaps.push(diff),
  })
  const file = new ScriptedProvider(names[0] ?? 'file')
  const providers = [file, ...names.slice(1).map((name) => new ScriptedProvider(name))]
  scripted.set(registry, providers)
  registry.use(providers)
  return { registry, file, notices, swaps }
}

export function providerOf(registry: ProviderRegistry, name: string): ScriptedProvider {
  const found = scripted.get(registry)?.find((provider) => provider.name === name)
  if (found === undefined) throw new Error(`no provider ${name}`)
  return found
}

/** The id of the server, or what the route is instead. */
export function where(route: Route): string {
  return route.kind === 'server' ? route.server.id : route.kind
}
