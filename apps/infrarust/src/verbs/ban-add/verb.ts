import { type Ban, banJson, banText, readBanTarget } from '@infrarust/core/ban-store'
import * as v from 'valibot'
import { asker, BAN_RESULT, BY_FIELD, readTarget, TARGET_FIELDS } from '../ban-fields.ts'
import type { WithBans } from '../live-proxy.ts'
import { LONGEST_BAN_MS } from '../longest-ban.ts'
import { dataVerb, type Sent } from '../verb.ts'
import { VerbError } from '../verb-error.ts'

const request = v.strictObject({
  target: v.strictObject(TARGET_FIELDS),
  reason: v.nullish(v.pipe(v.string(), v.description('Shown to the player.'))),
  duration_seconds: v.nullish(
    v.pipe(v.number(), v.minValue(0.001), v.maxValue(LONGEST_BAN_MS / 1_000), v.description('Left out: for good.')),
  ),
  player_name: v.nullish(
    v.pipe(
      v.string(),
      v.description(
        'The name that goes with a UUID: it is what the ban is enforced by on servers that the proxy authenticates nobody for.',
      ),
    ),
  ),
  by: BY_FIELD,
})

const result = v.object({
  ...BAN_RESULT.entries,
  /** When the ban of before would have ended, where that was later; null: never. */
  shortened_from: v.exactOptional(v.nullable(v.number())),
})

export type AddedBan = Sent<typeof result>

/** Bans a target. The answer comes when the ban is durable: with all names that it is enforced by. */
export const verb = dataVerb({
  name: 'bans.add',
  method: 'POST',
  path: '/bans',
  summary: 'Keep an address, a network or a player out.',
  request,
  result,
  status: 201,
  async run(
    { bans }: WithBans,
    { target: written, reason, duration_seconds, player_name, by },
    call,
  ): Promise<AddedBan> {
    const target = readTarget(written)
    const playerName = player_name === null || player_name === undefined ? undefined : readName(player_name)
    const createdAt = Date.now()
    const ban: Ban = {
      target,
      playerName: target.type === 'uuid' ? playerName : undefined,
      reason: banText(reason),
      source: asker(by, call),
      createdAt,
      expiresAt: typeof duration_seconds === 'number' ? createdAt + Math.round(duration_seconds * 1_000) : undefined,
    }
    const {
      shortened: [before],
    } = await bans.add([ban], ban.source)
    return {
      ...banJson(bans.bans.get(target) ?? ban),
      ...(before !== undefined && { shortened_from: banJson(before).expires_at }),
    }
  },
})

function readName(written: string): string {
  const read = readBanTarget('username', written)
  if (read.kind === 'invalid') throw new VerbError('bad_request', `player_name: ${read.message}`)
  return read.target.value
}
