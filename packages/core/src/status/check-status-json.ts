import { parseStatusJson } from '@infrarust/minecraft'
import { isRecord } from '../config/read-table.ts'

/** Mods nest their lists a few levels; clients and our own legacy answers must never meet a thousand. */
const MAX_DEPTH = 80

/**
 * Judges the JSON that a backend sent before it is given to anybody else's client: only its frame. What stands inside a
 * text is for the client to read, as it would without a proxy: servers write numbers where a text could be, `"true"` for
 * true, and mods keys of their own. Nor need it be strict JSON: clients read comments, single quotes and the like.
 *
 * @param json at most as long as `decodeStatusReply` lets through
 * @returns what is wrong, for the operator; `isHarmful`: it is not passed on
 */
export function checkStatusJson(json: string): StatusFault | undefined {
  const parsed = parseStatusJson(json)
  if (parsed.kind === 'none') return { fault: 'sent a status that is no JSON', isHarmful: false }
  if (parsed.kind === 'too-deep' || isDeeperThan(MAX_DEPTH, parsed.value))
    return { fault: 'sent a status that is nested too deep', isHarmful: true }
  const fault = shapeFault(parsed.value)
  return fault === undefined ? undefined : { fault, isHarmful: false }
}

export interface StatusFault {
  readonly fault: string
  readonly isHarmful: boolean
}

function shapeFault(status: unknown): string | undefined {
  if (!isRecord(status)) return 'sent a status that is no JSON object'
  const { description, version, players, favicon } = status
  if (description !== undefined && typeof description !== 'string' && typeof description !== 'object') {
    return 'sent a status whose description is no text'
  }
  if (version !== undefined && !isRecord(version)) return 'sent a status whose version is no object'
  if (players !== undefined && players !== null && !isRecord(players))
    return 'sent a status whose players are no object'
  if (favicon !== undefined && favicon !== null && typeof favicon !== 'string')
    return 'sent a status whose favicon is no text'
  return undefined
}

function isDeeperThan(depth: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return depth === 0 || Object.values(value).some((item) => isDeeperThan(depth - 1, item))
}
