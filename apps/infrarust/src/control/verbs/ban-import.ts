import { type Ban, type BanStore, isInForce, readBan } from '@infrarust/core/ban-store'
import { isUnenforced } from '../../ban/unenforced.ts'
import { ControlError } from '../control-error.ts'
import type { Verb, VerbCall } from '../verb.ts'
import { byOption } from './options.ts'

/** What is held in memory for one transaction. */
const MAX_ENTRIES = 1_000_000

/**
 * Adds the bans of the input in one transaction; those that are over already are left out, and a ban that lasts longer
 * than the list says is left as it is. Names of a UUID come in addition to those that there are.
 */
export function banImport(store: BanStore): Verb {
  return {
    name: 'ban.import',
    async *run({ options, input }: VerbCall) {
      const now = Date.now()
      const bans: Ban[] = []
      let entries = 0
      for await (const entry of input) {
        entries++
        if (entries > MAX_ENTRIES) throw new ControlError('refused', `more than ${MAX_ENTRIES} entries in one import`)
        const reading = readBan(entry, `entry ${entries}`, now)
        if (reading.kind === 'fault') throw new ControlError('refused', reading.fault)
        bans.push(...reading.bans)
      }
      const inForce = bans.filter((ban) => isInForce(ban, now))
      const { kept } = await store.add(inForce, byOption(options), 'longest')
      const unenforced = inForce.filter(({ target }) => isUnenforced(store.bans.get(target))).length
      yield { imported: inForce.length, over: bans.length - inForce.length, kept: kept.length, unenforced }
    },
  }
}
