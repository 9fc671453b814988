import { isDeepStrictEqual } from 'node:util'
import type { Server } from '../config/server.ts'

/** What a swap changed, for the log. */
export interface ServerDiff {
  readonly added: readonly Server[]
  readonly changed: readonly { readonly before: Server; readonly after: Server }[]
  readonly removed: readonly Server[]
}

/** Compares two lists of servers with unique ids. Servers that are the same object are not looked into. */
export function diffServers(before: readonly Server[], after: readonly Server[]): ServerDiff {
  const old = new Map(before.map((server) => [server.id, server]))
  const added: Server[] = []
  const changed: { before: Server; after: Server }[] = []
  for (const server of after) {
    const known = old.get(server.id)
    old.delete(server.id)
    if (known === undefined) added.push(server)
    else if (known !== server && !isDeepStrictEqual(known, server)) changed.push({ before: known, after: server })
  }
  return { added, changed, removed: [...old.values()] }
}
