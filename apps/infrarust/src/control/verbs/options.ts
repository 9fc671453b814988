import { type BanTarget, banText, parseBanTarget, readBanTarget, readTargetJson } from '@infrarust/core/ban-store'
import { ControlError } from '../control-error.ts'
import { isRecord, type Options } from '../protocol.ts'

/** @throws {ControlError} `protocol` where it is no text */
export function textOption(options: Options, name: string): string | undefined {
  const value = options[name]
  if (value === undefined || value === null || typeof value === 'string') return value ?? undefined
  throw new ControlError('protocol', `${name} is no text`)
}

/** @throws {ControlError} `protocol` where it is no time span in milliseconds that a date has room for */
export function durationOption(options: Options, name: string): number | undefined {
  const value = options[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= LONGEST_BAN_MS) return value
  throw new ControlError('protocol', `${name} is no number of milliseconds from 1 to ${LONGEST_BAN_MS}`)
}

/** A date has room for 8.64e15 milliseconds; a thousand years are enough for anybody. */
export const LONGEST_BAN_MS: number = 1_000 * 366 * 86_400_000

/** Who asks; for the audit trail. Bounded: a list of bans could not be sent with an entry that fills a line by itself. */
export function byOption(options: Options): string {
  return banText(textOption(options, 'by')) ?? 'control socket'
}

/**
 * @param written a text that says by itself what it is, or `{ type, value }`
 * @throws {ControlError} `refused` where it is no target of a ban
 */
export function readTarget(written: unknown): BanTarget {
  const parsed = isRecord(written)
    ? readTargetJson(written)
    : parseBanTarget(typeof written === 'string' ? written : '')
  if (parsed.kind === 'invalid') throw new ControlError('refused', parsed.message)
  return parsed.target
}

/** @throws {ControlError} `refused` where no player can have this name */
export function readName(written: string): string {
  const parsed = readBanTarget('username', written)
  if (parsed.kind === 'invalid') throw new ControlError('refused', parsed.message)
  return parsed.target.value
}
