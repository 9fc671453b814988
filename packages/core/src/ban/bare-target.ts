import { isPlayerName } from '../text/player-name.ts'
import { isUuid } from '../text/uuid.ts'
import { addressLookAlike, networkLookAlike } from './address-look-alike.ts'
import { type BanTarget, type ReadBanTarget, readBanTarget } from './target.ts'

/** What `parseBanTarget` has read. */
export type ParsedBanTarget = { readonly kind: 'target'; readonly target: BanTarget } | InvalidBanTarget

/** What is no target of a ban, and what to write instead. */
export interface InvalidBanTarget {
  readonly kind: 'invalid'
  /** Names what was written. */
  readonly message: string
  /** The targets that were probably meant, as they are written; empty where that cannot be told. */
  readonly instead: readonly string[]
  /** Whether a player may be called just this, blanks around it left out: said to be a name it is a target then. */
  readonly canBeName: boolean
}

/**
 * Reads an address, a network, a UUID, or else the name of a player, from a text with nothing beside it that says which. A
 * mistyped address taken for a name is a ban that keeps nobody out, and nobody notices. So only what looks like a name
 * and like nothing else is one here; with `readBanTarget` every name is.
 */
export function parseBanTarget(written: string): ParsedBanTarget {
  const text = written.trim()
  const read = readAs(text)
  if (read.kind === 'target') return read
  return { instead: [], ...read, canBeName: isPlayerName(text) }
}

/** Letters and digits of any script, and the dot that Floodgate puts before the names of Bedrock players. */
const PLAIN_NAME = /^\.?[\p{L}\p{M}\p{N}_]+$/u
const AS_NUMBER = /^as\d{3,10}$/i

type Reading = ReadBanTarget | LookAlike

/** What a text looks like without being it. */
interface LookAlike {
  readonly kind: 'invalid'
  readonly message: string
  readonly instead: readonly string[]
}

function readAs(text: string): Reading {
  if (isUuid(text)) return readBanTarget('uuid', text)
  const addresses = addressLookAlike(text)
  if (addresses !== undefined) return lookAlike(text, 'is not an IPv4 or IPv6 address', addresses)
  const other = listLookAlike(text) ?? uuidLookAlike(text) ?? hostLookAlike(text)
  if (other !== undefined) return other
  if (text.includes('/')) return readNetwork(text)
  const address = readBanTarget('ip', text)
  // Addresses have colons, and names that people type have none.
  if (address.kind === 'target' || text.includes(':')) return address
  if (AS_NUMBER.test(text)) return lookAlike(text, 'looks like the number of an autonomous system')
  if (PLAIN_NAME.test(text) || text === '') return readBanTarget('username', text)
  const why = /\s/.test(text) ? 'blanks' : 'other characters than letters, digits and _'
  return lookAlike(text, `does not look like a player name: it has ${why}`)
}

function readNetwork(text: string): Reading {
  const network = readBanTarget('cidr', text)
  return network.kind === 'target' ? network : { ...network, instead: networkLookAlike(text) }
}

/** `203.0.113.7,203.0.113.8`. With nothing but blanks in between, one of them must be more than a name. */
function listLookAlike(text: string): LookAlike | undefined {
  const parts = text.split(/[,;|\s]+/).filter((part) => part !== '')
  const isSeparated = /[,;|]/.test(text)
  if (!isSeparated && parts.length < 2) return undefined
  // A part has none of the separators, so nothing is taken apart twice.
  const targets = parts.map(readAs).flatMap((read) => (read.kind === 'target' ? [read.target] : []))
  if (!isSeparated && targets.every(({ type }) => type === 'username')) return undefined
  const areTargets = targets.length === parts.length
  return lookAlike(text, 'looks like more than one target', areTargets ? targets.map(({ value }) => value) : [])
}

const UUID_DIGITS = 32
/** More digits than a name has room for, or five groups, or the first three of them. */
const LOOKS_LIKE_UUID = /^[\da-f]{17,}$|^[\da-z]{4,12}(-[\da-z]{2,6}){3}-[\da-z]{6,16}$|^[\da-f]{6,8}(-[\da-f]{4}){2,}/i

function uuidLookAlike(text: string): LookAlike | undefined {
  const inner = text.replace(/^urn:uuid:/i, '').replaceAll(/[{}"']/g, '')
  if (isUuid(inner)) return lookAlike(text, 'is not written as a UUID is', [inner])
  if (!LOOKS_LIKE_UUID.test(inner)) return undefined
  const digits = inner.replaceAll(/[^\da-f]/gi, '').length
  const why = digits === UUID_DIGITS ? 'and dashes in other places' : `and this has ${digits}`
  return lookAlike(text, `looks like a UUID and is none: a UUID has ${UUID_DIGITS} digits from 0 to f, ${why}`)
}

/** `example.com`, `https://example.com:25565/`. */
function hostLookAlike(text: string): LookAlike | undefined {
  const host = text.replace(/^[a-z]+:\/\//i, '').replace(/\.?([:/].*)?$/, '')
  const labels = host.split('.')
  const isHost =
    labels.length > 1 &&
    labels.every((label) => /^[\p{L}\p{N}_*-]+$/u.test(label)) &&
    /^\p{L}[\p{L}\p{N}-]+$/u.test(labels.at(-1) ?? '')
  return isHost ? lookAlike(text, 'looks like the name of a host, and only its addresses can be banned') : undefined
}

function lookAlike(text: string, message: string, instead: readonly string[] = []): LookAlike {
  return { kind: 'invalid', message: `"${text}" ${message}`, instead }
}
