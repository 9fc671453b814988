import type { LiveProxy } from './live-proxy.ts'

/**
 * Where each server begins in its file, by id: `servers/survival.toml:3:1`. What comes from elsewhere is not in it: a
 * container has no lines.
 */
export function placesOfServers({ registry }: Pick<LiveProxy, 'registry'>): ReadonlyMap<string, string> {
  return new Map(
    registry.defined.flatMap(({ server, definition: { values, locate }, writer }) => {
      const [first] = Object.keys(values)
      if (writer !== 'operator' || locate === undefined || first === undefined) return []
      return [[server.id, locate([first])]]
    }),
  )
}
