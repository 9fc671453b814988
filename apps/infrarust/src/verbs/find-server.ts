import type { Server } from '@infrarust/core'
import type { LiveProxy } from './live-proxy.ts'
import { VerbError } from './verb-error.ts'

/** @throws {VerbError} `not_found` where no server of this id is served */
export function findServer({ registry }: Pick<LiveProxy, 'registry'>, id: string): Server {
  const server = registry.servers.find((each) => each.id === id)
  if (server === undefined) throw new VerbError('not_found', `no server has the id ${id}`)
  return server
}
