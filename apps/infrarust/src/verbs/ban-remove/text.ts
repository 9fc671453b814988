import type { BanTarget } from '@infrarust/core/ban-store'
import { namesText } from '../../ban/names-text.ts'
import { writtenTarget } from '../../ban/written-target.ts'
import { bansOf } from '../ban-entries.ts'
import { heldText } from './held-text.ts'
import type { RemovedBan } from './verb.ts'

/** What somebody who has lifted a ban should know besides, a line each. */
export function notes(target: BanTarget, { names, still_held }: RemovedBan): readonly string[] {
  const freed = names.length > 0 ? [`the ban of ${writtenTarget(target)} was enforced by ${namesText(names)}`] : []
  const held = still_held.flatMap((each) => bansOf([each.by]).map((by) => heldText(each.target, by)))
  return [...freed, ...held].map((text) => `note: ${text}`)
}
