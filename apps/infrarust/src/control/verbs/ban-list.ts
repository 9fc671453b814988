import { type BanStore, banJson } from '@infrarust/core/ban-store'
import type { Verb } from '../verb.ts'

/** Every ban in force, oldest first, as `bans.json` has it. */
export function banList(store: BanStore): Verb {
  return {
    name: 'ban.list',
    async *run() {
      for (const ban of store.bans.list(Date.now())) yield banJson(ban)
    },
  }
}
