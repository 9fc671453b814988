import type { Ban } from '../ban.ts'
import type { BanTargetType } from '../target.ts'

/** A ban as the Rust product's `bans.json` has it: times are whole seconds since 1970, null stands for none. */
export interface BanJson {
  readonly target: { readonly type: BanTargetType; readonly value: string }
  /** Not known there; only of a UUID that was banned together with a name. */
  readonly player_name?: string
  /** Not known there either; further names that the UUID was banned with. */
  readonly other_names?: readonly string[]
  readonly reason: string | null
  readonly source: string
  readonly created_at: number
  readonly expires_at: number | null
}

/** A ban as `ban list --json`, `ban export` and the control socket write it; `readBan` reads it again. */
export function banJson({ target, playerName, otherNames, reason, source, createdAt, expiresAt }: Ban): BanJson {
  return {
    target: { type: target.type, value: target.value },
    ...(playerName !== undefined && { player_name: playerName }),
    ...(otherNames !== undefined && { other_names: otherNames }),
    reason: reason ?? null,
    source,
    created_at: Math.floor(createdAt / 1000),
    expires_at: expiresAt === undefined ? null : expirySeconds(createdAt, expiresAt),
  }
}

/** Counted from the beginning, so that a ban of seven days is one of seven days here too, however both are rounded. */
function expirySeconds(createdAt: number, expiresAt: number): number {
  return Math.floor(createdAt / 1000) + Math.ceil((expiresAt - createdAt) / 1000)
}
