import { type Ban, type BanStore, type Bans, type BanTarget, banJson, namesOf } from '@infrarust/core/ban-store'
import type { Verb, VerbCall } from '../verb.ts'
import { byOption, readTarget } from './options.ts'

/**
 * Lifts the ban of each target of the input; an item for each says that this is durable, which names were free with it, and
 * who is held by another ban all the same.
 */
export function banRemove(store: BanStore): Verb {
  return {
    name: 'ban.remove',
    async *run({ options, input }: VerbCall) {
      const by = byOption(options)
      for await (const written of input) {
        const target = readTarget(written)
        const removed = await store.remove([target], by)
        const names = removed.flatMap(namesOf)
        yield {
          wasBanned: removed.length > 0,
          names,
          stillHeld: [target, ...names.map(named)].flatMap(heldIn(store.bans)),
        }
      }
    },
  }
}

interface Held {
  readonly target: string
  /** As `bans.json` has it. */
  readonly by: object
}

/** What another ban than its own does about a target; of several one, which is found without a look at all of them. */
function heldIn(bans: Bans): (target: BanTarget) => readonly Held[] {
  return ({ type, value }) => {
    const now = Date.now()
    const ban: Ban | undefined =
      type === 'ip' ? bans.forClient(value, now) : type === 'username' ? bans.forPlayer(value, now) : undefined
    return ban === undefined ? [] : [{ target: value, by: banJson(ban) }]
  }
}

function named(value: string): BanTarget {
  return { type: 'username', value }
}
