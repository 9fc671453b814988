import type { LiveConnection } from '@infrarust/core'
import { parseBanTarget } from '@infrarust/core/ban-store'
import * as v from 'valibot'
import { invalidText } from '../../ban/written-target.ts'
import { clientFilter } from '../client-filter.ts'
import { CONNECTION_RESULT } from '../connection.ts'
import { isCalled } from '../is-called.ts'
import { kick, REASON_FIELD } from '../kicked.ts'
import type { LiveProxy } from '../live-proxy.ts'
import { dataVerb } from '../verb.ts'
import { VerbError } from '../verb-error.ts'

/** Ends connections. Players who have no server yet read why, in a session it only ends. */
export const verb = dataVerb({
  name: 'connections.kick',
  method: 'POST',
  path: '/connections/kick',
  summary: 'End connections; those that were ended are the result.',
  request: v.strictObject({
    target: v.pipe(
      v.string(),
      v.description(
        'The id of a connection, an address, a network, the name of a player, or the UUID of one who was authenticated.',
      ),
    ),
    reason: REASON_FIELD,
  }),
  result: v.array(CONNECTION_RESULT),
  run: (proxy: LiveProxy, { target, reason }) => kick(proxy, meantBy(proxy.gateway.live(), target), target, reason),
})

/** Whom a target means: an id, an address, a network, or else a player by UUID or by name, which may also be a number. */
function meantBy(live: readonly LiveConnection[], target: string): readonly LiveConnection[] {
  if (/^\d+$/.test(target)) {
    const found = live.filter(({ number }) => String(number) === target)
    if (found.length > 0) return found
  }
  const parsed = parseBanTarget(target)
  if (parsed.kind === 'target' && (parsed.target.type === 'ip' || parsed.target.type === 'cidr')) {
    const { matches } = clientFilter(parsed.target.value)
    return live.filter(({ client }) => matches(client.address))
  }
  if (parsed.kind === 'target' && parsed.target.type === 'uuid') {
    const uuid = parsed.target.value
    const verified = live.filter(({ player }) => player?.verified?.uuid === uuid)
    if (verified.length > 0) return verified
  }
  const called = live.filter((connection) => isCalled(connection, target))
  // Who is there under a name that looks like something else is meant; where nobody is, it was a mistake.
  if (called.length === 0 && parsed.kind === 'invalid') throw new VerbError('bad_request', invalidText(parsed, target))
  return called
}
