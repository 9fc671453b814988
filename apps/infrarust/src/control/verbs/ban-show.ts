import { type BanStore, type BanTarget, banJson, nameKey, parseCidr, prefixSet } from '@infrarust/core'
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

function bansAbout(store: BanStore, target: BanTarget) {
  return store.bans.list(Date.now()).filter((ban) => {
    const { type, value } = ban.target
    if (type === target.type) {
      if (type === 'username' ? nameKey(value) === nameKey(target.value) : value === target.value) return true
    }
    if (target.type === 'ip' && type === 'cidr') return contains(value, target.value)
    return (
      target.type === 'username' && ban.playerName !== undefined && nameKey(ban.playerName) === nameKey(target.value)
    )
  })
}

function contains(network: string, address: string): boolean {
  const parsed = parseCidr(network)
  return parsed.kind === 'cidr' && prefixSet([parsed.cidr]).has(address)
}
