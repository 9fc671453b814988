import type { LiveConnection } from '@infrarust/core'
import { parseBanTarget } from '@infrarust/core/ban-store'
import { invalidText } from '../ban/written-target.ts'
import { ControlError } from '../control/control-error.ts'
import type { Options } from '../control/protocol.ts'
import type { Verb } from '../control/verb.ts'
import { textOption } from '../control/verbs/options.ts'
import { clientFilter } from './client-filter.ts'
import { connectionJson } from './connection-json.ts'
import { isCalled } from './is-called.ts'
import type { LiveProxy } from './live-proxy.ts'

/** Ends connections, with an item for each. Players who have no server yet read why, in a session it only ends. */
export function kickVerb({ gateway, transport }: LiveProxy): Verb {
  return {
    name: 'kick',
    async *run({ options }) {
      const detail = textOption(options, 'reason')
      const refusal = { reason: 'kicked', ...(detail !== undefined && { detail }) } as const
      const now = transport.now()
      for (const connection of meant(gateway.live(), options)) {
        if (gateway.cut({ kind: 'connection', id: connection.id }, refusal) > 0) yield connectionJson(connection, now)
      }
    },
  }
}

/** Those that the options mean: `name` is one, whatever it looks like. */
function meant(live: readonly LiveConnection[], options: Options): readonly LiveConnection[] {
  const name = textOption(options, 'name')
  if (name !== undefined) return live.filter((connection) => isCalled(connection, name))
  return meantBy(live, textOption(options, 'target') ?? '')
}

/** Whom a target means: an id, an address, a network, or else a player, whose name may also be a number. */
function meantBy(live: readonly LiveConnection[], target: string): readonly LiveConnection[] {
  if (/^\d+$/.test(target)) {
    const found = live.filter(({ id }) => String(id) === target)
    if (found.length > 0) return found
  }
  const parsed = parseBanTarget(target)
  if (parsed.kind === 'target' && (parsed.target.type === 'ip' || parsed.target.type === 'cidr')) {
    const { matches } = clientFilter(parsed.target.value)
    return live.filter(({ client }) => matches(client.address))
  }
  const called = live.filter((connection) => isCalled(connection, target))
  // Who is there under a name that looks like something else is meant; where nobody is, it was a mistake.
  if (called.length === 0 && parsed.kind === 'invalid') throw new ControlError('refused', invalidText(parsed, target))
  return called
}
