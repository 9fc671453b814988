import { canonicalAddress, cidrText, parseCidr } from '@infrarust/proxy-protocol'
import { foldName, isPlayerName } from '../text/player-name.ts'
import { canonicalUuid } from '../text/uuid.ts'

/** Whom a ban means; the words are those of the Rust product's `bans.json`. */
export interface BanTarget {
  readonly type: BanTargetType
  /** Canonical: one text for each address, network and UUID. A name is as it was written, and means it in any case. */
  readonly value: string
}

const BAN_TARGET_TYPES = ['ip', 'cidr', 'username', 'uuid'] as const
/** What a ban is about. */
export type BanTargetType = (typeof BAN_TARGET_TYPES)[number]

export type ReadBanTarget =
  | { readonly kind: 'target'; readonly target: BanTarget }
  /** `message` names what was written. */
  | { readonly kind: 'invalid'; readonly message: string }

/**
 * Reads a value whose type is known. As a name it may be whatever a player may join with, which includes texts that look
 * like an address, and blanks at either end.
 */
export function readBanTarget(type: BanTargetType, value: string): ReadBanTarget {
  switch (type) {
    case 'ip':
      return readIp(value)
    case 'cidr':
      return readCidr(value)
    case 'username':
      return readName(value)
    case 'uuid':
      return readUuid(value)
  }
}

/** What was written as a type of target; undefined where it is none. */
export function banTargetType(written: unknown): BanTargetType | undefined {
  return BAN_TARGET_TYPES.find((type) => type === written)
}

/** The same for two targets exactly where they mean the same. */
export function banKey({ type, value }: BanTarget): string {
  return type === 'username' ? nameKey(value) : `${type} ${value}`
}

/** The key that a player of this name is found by: names are the same in capitals and small letters. */
export function nameKey(name: string): string {
  return `username ${foldName(name)}`
}

function readIp(value: string): ReadBanTarget {
  const address = canonicalAddress(value.trim())
  return address === undefined ? invalid(`"${value}" is not an IPv4 or IPv6 address`) : target('ip', address)
}

function readCidr(value: string): ReadBanTarget {
  const parsed = parseCidr(value)
  if (parsed.kind === 'invalid') return invalid(`"${value}" is not a network: ${parsed.message}`)
  const text = cidrText(parsed.cidr)
  return target(text.includes('/') ? 'cidr' : 'ip', text)
}

function readUuid(value: string): ReadBanTarget {
  const uuid = canonicalUuid(value)
  return uuid === undefined ? invalid(`"${value}" is not a UUID`) : target('uuid', uuid)
}

function readName(value: string): ReadBanTarget {
  if (isPlayerName(value)) return target('username', value)
  return invalid(`"${value}" is no player name: 1 to 16 characters, none of them a control character`)
}

function target(type: BanTargetType, value: string): ReadBanTarget {
  return { kind: 'target', target: { type, value } }
}

function invalid(message: string): ReadBanTarget {
  return { kind: 'invalid', message }
}
