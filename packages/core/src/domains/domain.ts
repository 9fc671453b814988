import { canonicalAddress } from '@infrarust/proxy-protocol'
import { asciiName } from './ascii-name.ts'

/** A handshake's address has at most 255 characters; what is longer came another way and is cut before any work. */
const MAX_CHARACTERS = 255

/**
 * The name that a client asks for, as the router, the rules and the log know it: cut at the first NUL (FML markers), at
 * `///` (a host-suffix convention of TCP shields) and at a backslash, without a port, without the `_minecraft._tcp.` of an
 * SRV record, without trailing dots, lower case, IDN as ASCII; an IPv6 address canonical and without brackets. A name that
 * IDNA cannot express stays as it is, in lower case, so that the log shows what came; {@link canBeHostName} tells.
 *
 * @returns '' where nothing is left
 */
export function cleanDomain(host: string): string {
  if (isClean(host)) return host
  const bounded = host.length > MAX_CHARACTERS ? host.slice(0, MAX_CHARACTERS) : host
  let end = indexOrEnd(bounded, '\0')
  end = Math.min(end, indexOrEnd(bounded, '///'), indexOrEnd(bounded, '\\'))
  const name = withoutTrailingDots(withoutService(withoutPort(withoutTrailingDots(bounded.slice(0, end)))))
  const address = name.includes(':') ? canonicalAddress(withoutBrackets(name)) : undefined
  if (address !== undefined) return address
  // IDNA reads other full stops (U+3002) as dots, so a trailing one may appear only now.
  return withoutTrailingDots(asciiName(name) ?? '') || name.toLowerCase()
}

/**
 * Whether a cleaned-up domain can be the name or the address of a host. Wildcards and the default server take any name, and it
 * goes on from there: to the server, into the AUTHORITY TLV, into logs. Underscores are in names of Docker; IPv6 literals
 * have colons, brackets and zones.
 */
export function canBeHostName(domain: string): boolean {
  return isPlain(domain) || HOST_NAME.test(domain)
}

/** Lower case letters, digits, hyphens and dots, as in nearly every name: one look at each costs a fraction of the expression. */
function isPlain(name: string): boolean {
  for (let at = 0; at < name.length; at++) {
    const code = name.charCodeAt(at)
    if (code < HYPHEN || code === SLASH || code > LOWER_Z || (code > NINE && code < LOWER_A)) return false
  }
  return true
}

const HOST_NAME = /^[a-z0-9._:%[\]-]*$/

/** Nearly every client says the name as it is: one look at each character, and nothing is made anew. */
function isClean(host: string): boolean {
  if (host.length > MAX_CHARACTERS || host.charCodeAt(host.length - 1) === DOT) return false
  for (let at = 0; at < host.length; at++) {
    const code = host.charCodeAt(at)
    if (code > 127 || (code >= UPPER_A && code <= UPPER_Z) || (code < LOWER_A && SPECIAL.has(code))) return false
  }
  return true
}

/** What `parseDomainPattern` has read. */
export type ParsedDomainPattern =
  | { readonly kind: 'pattern'; readonly pattern: string }
  /** `message` completes "the domain … ". */
  | { readonly kind: 'invalid'; readonly message: string }

/**
 * Reads a name from a server's `domains`: a domain, in which a label may be `*` (one or more labels) and `?` stands for
 * one character. IDN becomes ASCII, so a label has either `?` or letters beyond ASCII. An IPv6 address, in brackets or not,
 * is what players type who have no name for the proxy.
 */
export function parseDomainPattern(text: string): ParsedDomainPattern {
  const name = withoutTrailingDots(text.trim())
  if (name === '') return invalid('is empty')
  const address = name.includes(':') ? canonicalAddress(withoutBrackets(name)) : undefined
  if (address !== undefined) return { kind: 'pattern', pattern: address }
  const labels: string[] = []
  for (const label of name.split('.')) {
    if (label === '') return invalid('has an empty label between two dots')
    if (label !== '*' && label.includes('*'))
      return invalid('has "*" beside other characters; "*" stands for whole labels')
    if (!isAscii(label) && label.includes('?'))
      return invalid('has "?" in a label with letters beyond ASCII; write that label as xn--…')
    const ascii = asciiName(label)
    if (ascii === undefined || !/^(\*|[a-z0-9_?-]+)$/.test(ascii))
      return invalid(`has the label "${label}", which no host name can have`)
    if (ascii.length > 63) return invalid('has a label of more than 63 characters')
    labels.push(ascii)
  }
  const pattern = labels.join('.')
  return pattern.length > 253 ? invalid('is longer than 253 characters') : { kind: 'pattern', pattern }
}

const HYPHEN = 45
const DOT = 46
const SLASH = 47
const NINE = 57
const UPPER_A = 65
const UPPER_Z = 90
const LOWER_A = 97
const LOWER_Z = 122
/** What has a meaning of its own in an address: NUL, the slash, the colon, the opening bracket, the backslash, the underscore. */
const SPECIAL: ReadonlySet<number> = new Set([0, SLASH, 58, 91, 92, 95])

/** Some clients write the port behind the name. An IPv6 address has more than one colon. */
function withoutPort(text: string): string {
  return /^(?:[^:]*|\[[^\]]*\]):\d{1,5}$/.test(text) ? text.slice(0, text.lastIndexOf(':')) : text
}

/** What a client shows that has looked the record up itself. */
function withoutService(text: string): string {
  let name = text
  while (name.slice(0, SERVICE.length).toLowerCase() === SERVICE) name = name.slice(SERVICE.length)
  return name
}

const SERVICE = '_minecraft._tcp.'

function withoutBrackets(text: string): string {
  return text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text
}

function indexOrEnd(text: string, part: string): number {
  const at = text.indexOf(part)
  return at < 0 ? text.length : at
}

function withoutTrailingDots(name: string): string {
  let end = name.length
  while (end > 0 && name.charCodeAt(end - 1) === DOT) end--
  return name.slice(0, end)
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 127) return false
  return true
}

function invalid(message: string): ParsedDomainPattern {
  return { kind: 'invalid', message }
}
