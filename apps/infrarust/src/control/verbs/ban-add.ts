import { type Ban, type BanStore, banText, namesOf } from '@infrarust/core/ban-store'
import type { Verb, VerbCall } from '../verb.ts'
import { byOption, durationOption, readName, readTarget, textOption } from './options.ts'

/**
 * Bans each target of the input, one after the other; an item for each says that its ban is durable, which names it is
 * enforced by, and when the ban of before would have ended where that was later.
 */
export function banAdd(store: BanStore): Verb {
  return {
    name: 'ban.add',
    async *run({ options, input }: VerbCall) {
      const by = byOption(options)
      const written = textOption(options, 'playerName')
      const playerName = written === undefined ? undefined : readName(written)
      const durationMs = durationOption(options, 'durationMs')
      for await (const item of input) {
        const target = readTarget(item)
        const createdAt = Date.now()
        const ban: Ban = {
          target,
          playerName: target.type === 'uuid' ? playerName : undefined,
          reason: banText(textOption(options, 'reason')),
          source: by,
          createdAt,
          expiresAt: durationMs === undefined ? undefined : createdAt + durationMs,
        }
        const {
          shortened: [before],
        } = await store.add([ban], by)
        const made = store.bans.get(target)
        yield {
          banned: target.value,
          names: made === undefined ? [] : namesOf(made),
          ...(before !== undefined && { shortenedFrom: before.expiresAt ?? null }),
        }
      }
    },
  }
}
