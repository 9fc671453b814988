import type { BanStore } from '@infrarust/core'
import type { Verb, VerbCall } from '../verb.ts'
import { byOption, readTarget } from './options.ts'

/** Lifts the ban of each target of the input; an item for each says that this is durable, and whether there was one. */
export function banRemove(store: BanStore): Verb {
  return {
    name: 'ban.remove',
    async *run({ options, input }: VerbCall) {
      const by = byOption(options)
      for await (const written of input) {
        const removed = await store.remove([readTarget(written)], by)
        yield { wasBanned: removed.length > 0 }
      }
    },
  }
}
