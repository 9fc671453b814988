import { type BanTarget, parseBanTarget } from '@infrarust/core'
import { ControlError } from '../control-error.ts'
import type { Options } from '../protocol.ts'

/** @throws {ControlError} `protocol` where it is no text */
export function textOption(options: Options, name: string): string | undefined {
  const value = options[name]
  if (value === undefined || value === null || typeof value === 'string') return value ?? undefined
  throw new ControlError('protocol', `${name} is no text`)
}

/** @throws {ControlError} `protocol` where it is no number */
export function numberOption(options: Options, name: string): number | undefined {
  const value = options[name]
  if (value === undefined || value === null || typeof value === 'number') return value ?? undefined
  throw new ControlError('protocol', `${name} is no number`)
}

/** Who asks; for the audit trail. */
export function byOption(options: Options): string {
  return textOption(options, 'by') ?? 'control socket'
}

/** @throws {ControlError} `refused` where it is no target of a ban */
export function readTarget(written: unknown): BanTarget {
  const parsed = parseBanTarget(typeof written === 'string' ? written : '')
  if (parsed.kind === 'invalid') throw new ControlError('refused', parsed.message)
  return parsed.target
}
