import { clientKey } from '@infrarust/core'
import {
  type Ban,
  type BanStore,
  type BanTarget,
  banJson,
  banKey,
  isInForce,
  nameKey,
  namesOf,
} from '@infrarust/core/ban-store'
import * as v from 'valibot'
import { BAN_RESULT, readTarget, TARGET_FIELDS } from '../ban-fields.ts'
import type { WithBans } from '../live-proxy.ts'
import { dataVerb, type Sent } from '../verb.ts'

/** Of the audit trail. */
const MAX_ENTRIES = 1_000

const result = v.object({
  banned: v.boolean(),
  bans: v.array(BAN_RESULT),
  /** What was done about it before, the latest first. */
  history: v.array(v.object({ at: v.string(), action: v.string(), by: v.string(), reason: v.nullable(v.string()) })),
})

export type CheckedBan = Sent<typeof result>

/** Which bans in force hold a target: its own, those of networks around an address, those of UUIDs with a name. */
export const verb = dataVerb({
  name: 'bans.check',
  method: 'GET',
  path: '/bans/check/:type/:value',
  summary: 'Whether somebody is kept out, by which bans, and what was done about it before.',
  request: v.strictObject(TARGET_FIELDS),
  result,
  async run({ bans: store }: WithBans, written): Promise<CheckedBan> {
    const target = readTarget(written)
    const bans = bansAbout(store, target)
    const history = await store.audit(MAX_ENTRIES, target)
    return {
      banned: bans.length > 0,
      bans: bans.map(banJson),
      history: history.map(({ at, action, by, reason }) => ({
        at: new Date(at).toISOString(),
        action,
        by,
        reason: reason ?? null,
      })),
    }
  },
})

function bansAbout({ bans }: BanStore, target: BanTarget): readonly Ban[] {
  const now = Date.now()
  const own = [target, ...networksAround(target)].flatMap((each) => bans.get(each) ?? [])
  const inForce = own.filter((ban) => isInForce(ban, now))
  if (target.type !== 'username') return inForce
  const key = banKey(target)
  return [...inForce, ...bans.list(now).filter((ban) => namesOf(ban).some((name) => nameKey(name) === key))]
}

/** Every network that an address is in, the smallest first: to ask for each is quicker than to look at each ban. */
function networksAround({ type, value }: BanTarget): readonly BanTarget[] {
  if (type !== 'ip') return []
  const bits = value.includes(':') ? 128 : 32
  return Array.from({ length: bits }, (_, index) => {
    const prefix = bits - 1 - index
    return { type: 'cidr', value: clientKey(value, { ipv4: prefix, ipv6: prefix }) }
  })
}
