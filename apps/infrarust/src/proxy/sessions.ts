import type { LiveConnection } from '@infrarust/core'

/** A player on a server; a list ping that is relayed is none. */
export function isSession({ state, intent }: LiveConnection): boolean {
  return state === 'relaying' && intent?.intent !== 'status' && intent?.intent !== 'legacy_status'
}

/** How many connections there are of each key; those without one are left out. */
export function countBy<Key extends string>(
  connections: readonly LiveConnection[],
  keyOf: (connection: LiveConnection) => Key | undefined,
): Map<Key, number> {
  const counts = new Map<Key, number>()
  for (const connection of connections) {
    const key = keyOf(connection)
    if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return counts
}
