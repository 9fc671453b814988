import type { ProviderRegistry, Routes } from '@infrarust/core'

/**
 * The routes of the registry; on a first run, without any configuration and as long as there is no server, every domain
 * leads to the built-in welcome server instead of nowhere.
 */
export function firstRunRoutes(registry: ProviderRegistry, isUnconfigured: boolean): Routes {
  return {
    route(domain) {
      const route = registry.route(domain)
      const isFirstRun = isUnconfigured && route.kind === 'none' && registry.servers.length === 0
      return isFirstRun ? { kind: 'welcome' } : route
    },
    nextTable: () => registry.nextTable(),
  }
}
