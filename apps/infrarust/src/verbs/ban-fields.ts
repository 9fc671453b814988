import { type BanTarget, banText, readBanTarget } from '@infrarust/core/ban-store'
import * as v from 'valibot'
import type { Call } from './verb.ts'
import { VerbError } from './verb-error.ts'

/** What a ban is about, and its value: of an address, a network, a player's name or a UUID. */
export const TARGET_FIELDS = {
  type: v.picklist(['ip', 'cidr', 'username', 'uuid']),
  value: v.string(),
}

/** Who asks. */
export const BY_FIELD = v.nullish(v.pipe(v.string(), v.description('Who asks, for the audit trail.')))

/**
 * Bounded: what goes into the store is shown again with every list.
 *
 * @param call which way it came is told where nobody says who asks
 */
export function asker(by: string | null | undefined, call: Pick<Call, 'isFromNetwork'>): string {
  return banText(by) ?? (call.isFromNetwork ? 'API' : 'control socket')
}

/** A ban as `bans.json` of the Rust product has it: times are whole seconds since 1970. */
export const BAN_RESULT = v.object({
  target: v.object(TARGET_FIELDS),
  player_name: v.exactOptional(v.string()),
  other_names: v.exactOptional(v.array(v.string())),
  reason: v.nullable(v.string()),
  source: v.string(),
  created_at: v.number(),
  expires_at: v.nullable(v.number()),
})

/** @throws {VerbError} `bad_request` where it is no target of a ban */
export function readTarget({ type, value }: BanTarget): BanTarget {
  const read = readBanTarget(type, value)
  if (read.kind === 'invalid') throw new VerbError('bad_request', read.message)
  return read.target
}
