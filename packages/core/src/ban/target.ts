import { canonicalAddress } from '@infrarust/proxy-protocol'
import { cidrText, parseCidr } from '../addresses/cidr.ts'

/** Whom a ban means; the words are those of the Rust product's `bans.json`. */
export interface BanTarget {
  readonly type: BanTargetType
  /** Canonical: one text for each address, network and UUID. A name is as it was written, and means it in any case. */
  readonly value: string
}

export const BAN_TARGET_TYPES = ['ip', 'cidr', 'username', 'uuid'] as const
export type BanTargetType = (typeof BAN_TARGET_TYPES)[number]

export type ParsedBanTarget =
  | { readonly kind: 'target'; readonly target: BanTarget }
  /** `message` names what was written. */
  | { readonly kind: 'invalid'; readonly message: string }

/** Reads an address, a network, a UUID, or else the name of a player. */
export function parseBanTarget(written: string): ParsedBanTarget {
  const text = written.trim()
  if (text.includes('/')) return readCidr(text)
  if (text.includes(':') || LOOKS_LIKE_IPV4.test(text)) return readIp(text)
  return UUID.test(text) ? readUuid(text) : readName(text)
}

/** Reads a value whose type is written beside it. */
export function readBanTarget(type: BanTargetType, value: string): ParsedBanTarget {
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

/** The same for two targets exactly where they mean the same. */
export function banKey({ type, value }: BanTarget): string {
  return type === 'username' ? nameKey(value) : `${type} ${value}`
}

export function nameKey(name: string): string {
  return `username ${name.toLowerCase()}`
}

/** A list of numbers with dots is a mistyped address and no name: a ban that matches nobody would go unnoticed. */
const LOOKS_LIKE_IPV4 = /^\d+(\.\d+)+$/
const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i
/** What Login Start has room for. Servers without authentication let any characters in, so they can be banned too. */
const NAME = /^[^\s/:\p{C}]{1,16}$/u

function readIp(value: string): ParsedBanTarget {
  const address = canonicalAddress(value.trim())
  return address === undefined ? invalid(`"${value}" is not an IPv4 or IPv6 address`) : target('ip', address)
}

function readCidr(value: string): ParsedBanTarget {
  const parsed = parseCidr(value)
  if (parsed.kind === 'invalid') return invalid(`"${value}" is not a network: ${parsed.message}`)
  const text = cidrText(parsed.cidr)
  return target(text.includes('/') ? 'cidr' : 'ip', text)
}

function readUuid(value: string): ParsedBanTarget {
  if (!UUID.test(value.trim())) return invalid(`"${value}" is not a UUID`)
  const hex = value.trim().replaceAll('-', '').toLowerCase()
  return target('uuid', hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'))
}

function readName(value: string): ParsedBanTarget {
  const name = value.trim()
  if (NAME.test(name)) return target('username', name)
  return invalid(`"${value}" is no player name: 1 to 16 characters without blanks`)
}

function target(type: BanTargetType, value: string): ParsedBanTarget {
  return { kind: 'target', target: { type, value } }
}

function invalid(message: string): ParsedBanTarget {
  return { kind: 'invalid', message }
}
