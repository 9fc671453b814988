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
import type { Verb, VerbCall } from '../verb.ts'
import { readTarget } from './options.ts'

/** Of the audit trail. */
const MAX_ENTRIES = 1_000

/** For each target of the input: which bans in force hold it, and what was done about it before. */
export function banShow(store: BanStore): Verb {
  return {
    name: 'ban.show',
    async *run({ input }: VerbCall) {
      for await (const written of input) {
        const target = readTarget(written)
        const bans = bansAbout(store, target)
        const history = await store.audit(MAX_ENTRIES, target)
        yield {
          bans: bans.map(banJson),
          history: history.map(({ at, action, by, reason }) => ({ at, action, by, reason: reason ?? null })),
        }
      }
    },
  }
}

/** Its own ban, those of the networks around an address, and those of UUIDs that were banned with a name. */
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
