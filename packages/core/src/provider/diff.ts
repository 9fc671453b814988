import { isDeepStrictEqual } from 'node:util'
import type { Server } from '../server/server.ts'
import { serverKeys } from '../server/server-keys.ts'

/** What a swap changed, for the log. */
export interface ServerDiff {
  readonly added: readonly Server[]
  readonly changed: readonly ServerChange[]
  readonly removed: readonly Server[]
}

/** A server whose definition has changed. */
export interface ServerChange {
  readonly before: Server
  readonly after: Server
  /** What differs, as a server file would write it, such as `send_proxy_protocol`; else `state`, `source`, `provider`. */
  readonly keys: readonly string[]
}

/** Compares two lists of servers with unique ids. Servers that are the same object are not looked into. */
export function diffServers(before: readonly Server[], after: readonly Server[]): ServerDiff {
  const old = new Map(before.map((server) => [server.id, server]))
  const added: Server[] = []
  const changed: ServerChange[] = []
  for (const server of after) {
    const known = old.get(server.id)
    old.delete(server.id)
    if (known === undefined) added.push(server)
    else if (known !== server) {
      const keys = changedKeys(known, server)
      if (keys.length > 0) changed.push({ before: known, after: server, keys })
    }
  }
  return { added, changed, removed: [...old.values()] }
}

function changedKeys(before: Server, after: Server): readonly string[] {
  const old = new Map(Object.entries(before))
  return Object.entries(after).flatMap(([key, value]) =>
    isDeepStrictEqual(old.get(key), value) ? [] : [NAMES.get(key) ?? key],
  )
}

const NAMES = new Map(serverKeys.rows.map(([field, { name }]) => [field, name]))
