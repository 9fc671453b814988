import { type Ban, isInForce, readBan } from '@infrarust/core/ban-store'
import * as v from 'valibot'
import { isUnenforced } from '../../ban/unenforced.ts'
import { asker, BY_FIELD } from '../ban-fields.ts'
import type { WithBans } from '../live-proxy.ts'
import { dataVerb } from '../verb.ts'
import { VerbError } from '../verb-error.ts'

/** What is held in memory for one transaction. */
const MAX_ENTRIES = 1_000_000

/**
 * Adds the bans of all lines in one transaction; those that are over already are left out, and a ban that lasts longer
 * than the list says is left as it is. Names of a UUID come in addition to those that there are.
 */
export const verb = dataVerb({
  name: 'bans.import',
  method: 'POST',
  path: '/bans/import',
  summary: 'Add bans, one a line: all of them or none. No ban becomes shorter by it.',
  request: v.strictObject({ by: BY_FIELD }),
  takesLines: true,
  result: v.object({ imported: v.number(), over: v.number(), kept: v.number(), unenforced: v.number() }),
  async run({ bans: store }: WithBans, { by }, call) {
    const now = Date.now()
    const bans: Ban[] = []
    let entries = 0
    for await (const entry of call.lines) {
      entries++
      if (entries > MAX_ENTRIES) throw new VerbError('too_large', `more than ${MAX_ENTRIES} entries in one import`)
      const reading = readBan(entry, `entry ${entries}`, now)
      if (reading.kind === 'fault') throw new VerbError('bad_request', reading.fault)
      bans.push(...reading.bans)
    }
    const inForce = bans.filter((ban) => isInForce(ban, now))
    const { kept } = await store.add(inForce, asker(by, call), 'longest')
    const unenforced = inForce.filter(({ target }) => isUnenforced(store.bans.get(target))).length
    return { imported: inForce.length, over: bans.length - inForce.length, kept: kept.length, unenforced }
  },
})
