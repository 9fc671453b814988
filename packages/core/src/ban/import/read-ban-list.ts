import { withoutControlCharacters } from '../../text/control-characters.ts'
import { type Ban, oneForEach, withNames } from '../ban.ts'
import { banTargetType, type ReadBanTarget, readBanTarget } from '../target.ts'
import { isForever, parseBanTime } from './ban-time.ts'

/** What is in a list of bans: those that could be read, and what is wrong with the others. */
export interface BanListReading {
  readonly bans: readonly Ban[]
  /** Clauses about the file, each naming the entry by its number. */
  readonly faults: readonly string[]
}

/**
 * Reads a list of bans in any of the layouts that there are: `bans.json` of the Rust product (the object with `bans`,
 * or the mere array), vanilla's `banned-players.json` and `banned-ips.json`.
 *
 * @param text the file
 * @param now  epoch milliseconds, for entries that do not say when they were made
 */
export function readBanList(text: string, now: number): BanListReading {
  let parsed: unknown
  try {
    // Editors on Windows put a byte order mark before it.
    parsed = JSON.parse(text.replace(/^\ufeff/, ''))
  } catch (error) {
    return { bans: [], faults: [`it is no JSON: ${error instanceof Error ? error.message : String(error)}`] }
  }
  const entries = isRecord(parsed) ? parsed.bans : parsed
  if (!Array.isArray(entries)) return { bans: [], faults: ['it is no list of bans'] }
  const readings = entries.map((entry, index) => readBan(entry, `entry ${index + 1}`, now))
  return {
    bans: oneForEach(readings.flatMap((reading) => (reading.kind === 'bans' ? reading.bans : []))),
    faults: readings.flatMap((reading) => (reading.kind === 'fault' ? [reading.fault] : [])),
  }
}

/** What one entry of a list bans, or what is wrong with it. */
export type BanReading =
  | { readonly kind: 'bans'; readonly bans: readonly Ban[] }
  | { readonly kind: 'fault'; readonly fault: string }

/** Reads one entry of such a list; it may ban an address and a player in one. */
export function readBan(entry: unknown, place: string, now: number): BanReading {
  if (!isRecord(entry)) return fault(place, 'is no object')
  const { created_at, created, expires_at, expires } = entry
  const madeAt = created_at ?? created
  const createdAt = madeAt === undefined || madeAt === null ? now : parseBanTime(madeAt)
  if (createdAt === undefined)
    return fault(place, `has no time in ${created_at === undefined ? 'created' : 'created_at'}`)
  const until = expires_at ?? expires
  const expiresAt = isForever(until) ? undefined : parseBanTime(until)
  // Taken for "never" it would ban for good, taken for "now" it would let in: somebody has to look.
  if (expiresAt === undefined && !isForever(until))
    return fault(place, `has no time in ${expires_at === undefined ? 'expires' : 'expires_at'}`)

  const targets = readTargets(entry)
  if (targets.length === 0) return fault(place, 'bans nobody: it has neither target nor ip, uuid, username or name')
  const bans: Ban[] = []
  for (const parsed of targets) {
    if (parsed.kind === 'invalid') return fault(place, parsed.message)
    const names = withNames(parsed.target.type === 'uuid' ? namesIn(entry) : [])
    const source = banText(entry.source) ?? banText(entry.banned_by) ?? 'import'
    bans.push({ target: parsed.target, ...names, reason: banText(entry.reason), source, createdAt, expiresAt })
  }
  return { kind: 'bans', bans }
}

/** Reads `{ "type": …, "value": … }`, as an entry has whom it bans. */
export function readTargetJson(written: unknown): ReadBanTarget {
  const { type: writtenType, value } = isRecord(written) ? written : {}
  const type = banTargetType(writtenType)
  if (type === undefined || typeof value !== 'string')
    return { kind: 'invalid', message: 'has a target without a known type and a value' }
  return readBanTarget(type, value)
}

function readTargets(entry: ListEntry): readonly ReadBanTarget[] {
  if (isRecord(entry.target)) return [readTargetJson(entry.target)]
  const ip = banText(entry.ip)
  const uuid = banText(entry.uuid)
  const name = nameText(entry.username) ?? nameText(entry.name)
  const targets: ReadBanTarget[] = []
  // Vanilla's list of addresses has no networks, but people write them there.
  if (ip !== undefined) targets.push(readBanTarget(ip.includes('/') ? 'cidr' : 'ip', ip))
  if (uuid !== undefined) targets.push(readBanTarget('uuid', uuid))
  else if (name !== undefined) targets.push(readBanTarget('username', name))
  return targets
}

function namesIn(entry: ListEntry): readonly string[] {
  const name = nameText(entry.player_name) ?? nameText(entry.username) ?? nameText(entry.name)
  const others = Array.isArray(entry.other_names) ? entry.other_names.map(nameText) : []
  return [name, ...others].flatMap((each) => {
    const parsed = each === undefined ? undefined : readBanTarget('username', each)
    return parsed?.kind === 'target' ? [parsed.target.value] : []
  })
}

/** As it is written: a blank at the end of a name is part of it. */
function nameText(written: unknown): string | undefined {
  return typeof written === 'string' && written !== '' ? written : undefined
}

type ListEntry = Readonly<Record<string, unknown>>

function isRecord(value: unknown): value is ListEntry {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Longer than any screen shows. */
const TEXT_CHARACTERS = 1_000

/** On one line and bounded: it goes into a log, a table, and a text for a player. */
export function banText(written: unknown): string | undefined {
  if (typeof written !== 'string') return undefined
  const plain = withoutControlCharacters(written).trim().slice(0, TEXT_CHARACTERS)
  return plain === '' ? undefined : plain
}

function fault(place: string, message: string): { readonly kind: 'fault'; readonly fault: string } {
  return { kind: 'fault', fault: `${place} ${message}` }
}
