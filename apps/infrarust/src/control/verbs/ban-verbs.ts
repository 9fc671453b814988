import type { BanStore } from '@infrarust/core/ban-store'
import type { Verb } from '../verb.ts'
import { banAdd } from './ban-add.ts'
import { banImport } from './ban-import.ts'
import { banList } from './ban-list.ts'
import { banRemove } from './ban-remove.ts'
import { banShow } from './ban-show.ts'

/** All that concerns the ban store: for the running proxy, and for a command that is alone with the store. */
export function banVerbs(store: BanStore): readonly Verb[] {
  return [banAdd(store), banRemove(store), banList(store), banShow(store), banImport(store)]
}
