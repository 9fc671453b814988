import { type Ban, type Bans, type BanTarget, banJson, namesOf } from '@infrarust/core/ban-store'
import * as v from 'valibot'
import { writtenTarget } from '../../ban/written-target.ts'
import { asker, BAN_RESULT, BY_FIELD, readTarget, TARGET_FIELDS } from '../ban-fields.ts'
import type { WithBans } from '../live-proxy.ts'
import { dataVerb, type Sent } from '../verb.ts'
import { VerbError } from '../verb-error.ts'
import { heldText } from './held-text.ts'

const result = v.object({
  target: v.object(TARGET_FIELDS),
  /** Those that the ban was enforced by. */
  names: v.array(v.string()),
  /** Who of them is held by another ban all the same. */
  still_held: v.array(v.object({ target: v.string(), by: BAN_RESULT })),
})

export type RemovedBan = Sent<typeof result>

/** Lifts the ban of a target. The answer comes when that is durable. */
export const verb = dataVerb({
  name: 'bans.remove',
  method: 'DELETE',
  path: '/bans/:type/:value',
  summary: 'Let an address, a network or a player in again.',
  request: v.strictObject({ ...TARGET_FIELDS, by: BY_FIELD }),
  result,
  async run({ bans }: WithBans, { by, ...written }, call): Promise<RemovedBan> {
    const target = readTarget(written)
    const removed = await bans.remove([target], asker(by, call))
    const names = removed.flatMap(namesOf)
    const held = [target, ...names.map(named)].flatMap(heldIn(bans.bans))
    if (removed.length === 0) throw new VerbError('not_found', notBannedText(target, held))
    return { target, names, still_held: held.map((each) => ({ target: each.target, by: banJson(each.by) })) }
  },
})

function notBannedText(target: BanTarget, held: readonly Held[]): string {
  const whom = writtenTarget(target)
  const holders = held.map((each) => heldText(each.target, each.by)).join('; ')
  if (holders !== '') return `${whom} has no ban of its own: ${holders}`
  return `${whom} is not banned; "ban show ${whom}" tells what holds it`
}

interface Held {
  readonly target: string
  readonly by: Ban
}

/** What another ban than its own does about a target; of several one, which is found without a look at all of them. */
function heldIn(bans: Bans): (target: BanTarget) => readonly Held[] {
  return ({ type, value }) => {
    const now = Date.now()
    const ban =
      type === 'ip' ? bans.forClient(value, now) : type === 'username' ? bans.forPlayer(value, now) : undefined
    return ban === undefined ? [] : [{ target: value, by: ban }]
  }
}

function named(value: string): BanTarget {
  return { type: 'username', value }
}
