import { type Ban, type BanStore, banText, namesOf } from '@infrarust/core'
import { ControlError } from '../control-error.ts'
import type { Verb, VerbCall } from '../verb.ts'
import { byOption, durationOption, readTarget, textOption } from './options.ts'

/**
 * Bans each target of the input, one after the other; an item for each says that its ban is durable, which names it is
 * enforced by, and when the ban of before would have ended where that was later.
 */
export function banAdd(store: BanStore): Verb {
  return {
    name: 'ban.add',
    async *run({ options, input }: VerbCall) {
      const by = byOption(options)
      const playerName = textOption(options, 'playerName')
      const durationMs = durationOption(options, 'durationMs')
      for await (const written of input) {
        const target = readTarget(written)
        const createdAt = Date.now()
        const ban: Ban = {
          target,
          playerName: target.type === 'uuid' ? nameOf(playerName) : undefined,
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

function nameOf(written: string | undefined): string | undefined {
  if (written === undefined) return undefined
  const target = readTarget(written)
  if (target.type !== 'username') throw new ControlError('refused', `"${written}" is no player name`)
  return target.value
}
