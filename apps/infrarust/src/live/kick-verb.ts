import { type LiveConnection, parseBanTarget } from '@infrarust/core'
import type { Verb } from '../control/verb.ts'
import { textOption } from '../control/verbs/options.ts'
import { clientFilter } from './client-filter.ts'
import { connectionJson } from './connection-json.ts'
import type { LiveProxy } from './live-proxy.ts'

/** Ends connections, with an item for each. Players who have no server yet read why, in a session it only ends. */
export function kickVerb({ gateway, transport }: LiveProxy): Verb {
  return {
    name: 'kick',
    async *run({ options }) {
      const detail = textOption(options, 'reason')
      const refusal = { reason: 'kicked', ...(detail !== undefined && { detail }) } as const
      const now = transport.now()
      for (const connection of meant(gateway.live(), textOption(options, 'target') ?? '')) {
        if (gateway.cut({ kind: 'connection', id: connection.id }, refusal) > 0) yield connectionJson(connection, now)
      }
    },
  }
}

/** Whom a target means: an id, an address, a network, or else a player, whose name may also be a number. */
function meant(live: readonly LiveConnection[], target: string): readonly LiveConnection[] {
  if (/^\d+$/.test(target)) {
    const found = live.filter(({ id }) => String(id) === target)
    if (found.length > 0) return found
  }
  if (isNetwork(target)) {
    const { matches } = clientFilter(target)
    return live.filter(({ client }) => matches(client.address))
  }
  const name = target.toLowerCase()
  return live.filter(({ player }) => player?.name.toLowerCase() === name)
}

/** A slash or a colon is in no name; an IPv4 address has the shape of one, and nobody is called that. */
function isNetwork(target: string): boolean {
  if (/[/:]/.test(target)) return true
  const parsed = parseBanTarget(target)
  return parsed.kind === 'target' && parsed.target.type === 'ip'
}
