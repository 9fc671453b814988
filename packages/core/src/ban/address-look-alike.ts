import { canonicalAddress, cidrText, parseCidr } from '@infrarust/proxy-protocol'

/**
 * What somebody may have meant who wrote an address in another form than ours: a pattern (`203.0.113.*`), a part of an
 * address (`10.0.0`), a range, a number, an address with a port, in brackets or with a zone.
 *
 * @returns addresses and networks, as they are written here; empty where it looks like an address and cannot be told;
 *   undefined where it looks like none, and for an address in our form
 */
export function addressLookAlike(text: string): readonly string[] | undefined {
  return withSomethingAround(text) ?? range(text) ?? partOfIpv4(text) ?? partOfIpv6(text) ?? number(text)
}

/** The same for what has a slash: `203.0.113/24`, `203.0.113.0/255.255.255.0`, bits behind the prefix. */
export function networkLookAlike(text: string): readonly string[] {
  const [written = '', suffix = '', ...more] = text.split('/')
  const parts = partsOfIpv4(written.trim())
  if (more.length > 0) return []
  const address = parts === undefined ? written : [...parts, 0, 0, 0].slice(0, 4).join('.')
  const parsed = parseCidr(`${address}/${prefixOfMask(suffix.trim()) ?? suffix}`)
  const network = parsed.kind === 'cidr' ? parsed.cidr : parsed.network
  return network === undefined ? [] : [cidrText(network)]
}

/** Of `255.255.255.0`, or of `0.0.0.255`, as routers have it. */
function prefixOfMask(mask: string): number | undefined {
  const word = dottedNumber(mask)
  if (word === undefined) return undefined
  for (let prefix = 0; prefix <= 32; prefix++) {
    const hostMask = 2 ** (32 - prefix) - 1
    if (word === hostMask || word === 0xffff_ffff - hostMask) return prefix
  }
  return undefined
}

/** `[::1]`, `[::1]:25565`, `203.0.113.7:25565`, `203.0.113.7.`, `203,0,113,7`, `fe80::1%eth0` */
function withSomethingAround(text: string): readonly string[] | undefined {
  const [, inBrackets] = /^\[([^\]]*)\](?::\d*)?$/.exec(text) ?? []
  if (inBrackets !== undefined) return found(canonicalAddress(inBrackets))
  const [, before] = /^([\d.]+?)(?::\d*|\.)$/.exec(text) ?? []
  const withDots = /^\d+(,\d+){3}$/.test(text) ? text.replaceAll(',', '.') : undefined
  const address = canonicalAddress(before ?? withDots ?? (text.includes('%') ? text : ''))
  return address === undefined ? undefined : [address]
}

/** `203.0.113.1-203.0.113.9`, `203.0.113.1-9`: as many networks as it takes. */
function range(text: string): readonly string[] | undefined {
  const [, first = '', last = ''] = /^(\S+?)\s*[-\u2013]\s*(\S+)$/.exec(text) ?? []
  const from = dottedNumber(first)
  if (from === undefined) return canonicalAddress(first) === undefined ? undefined : []
  const to = dottedNumber(/^\d+$/.test(last) ? first.replace(/\d+$/, last) : last)
  const networks = to === undefined ? [] : networksBetween(from, to)
  return networks.length <= MOST_NETWORKS ? networks : []
}

/** More than these are no help on one line. */
const MOST_NETWORKS = 8

/** Each the largest that begins at its place and does not go beyond the end. */
function networksBetween(first: number, last: number): readonly string[] {
  const networks: string[] = []
  for (let at = first; at <= last; ) {
    let bits = 0
    while (bits < 32 && at % 2 ** (bits + 1) === 0 && at + 2 ** (bits + 1) - 1 <= last) bits++
    networks.push(bits === 0 ? dotted(at) : `${dotted(at)}/${32 - bits}`)
    at += 2 ** bits
  }
  return networks
}

/** `203.0.113.*`, `203.0.x.x`, `10.0.0`, `10.0.`; also what has too large numbers or too many, of which nothing is made. */
function partOfIpv4(text: string): readonly string[] | undefined {
  if (!/^\d[\d.*x?]*$/i.test(text) || !text.includes('.') || canonicalAddress(text) !== undefined) return undefined
  const parts = partsOfIpv4(text)
  return parts === undefined ? [] : [`${[...parts, 0, 0, 0].slice(0, 4).join('.')}/${8 * parts.length}`]
}

/** The numbers that an incomplete address begins with, one to three; undefined where it is none. */
function partsOfIpv4(text: string): readonly number[] | undefined {
  const [, numbers] = /^(\d{1,3}(?:\.\d{1,3}){0,2})(?:\.(?:[*x?]{0,3}))*$/i.exec(text) ?? []
  const parts = numbers?.split('.').map((part) => (/^0\d/.test(part) ? Number.NaN : Number(part)))
  return parts?.every((part) => part <= 255) ? parts : undefined
}

/** `2001:db8:*`, `2001:db8::*`, `2001:db8:`, `2001:db8`: only of public addresses, for many other things have colons. */
function partOfIpv6(text: string): readonly string[] | undefined {
  const [, groups] = /^([23][\da-f]{3}(?::[\da-f]{1,4}){0,6})(?::{1,2}[*x])*:?$/i.exec(text) ?? []
  if (groups === undefined || !text.includes(':') || canonicalAddress(text) !== undefined) return undefined
  const parsed = parseCidr(`${groups}::/${16 * groups.split(':').length}`)
  return parsed.kind === 'cidr' ? [cidrText(parsed.cidr)] : []
}

/** What a number must be at least to be somebody's address: below are `0.0.0.0/8`, and names such as `1234`. */
const SMALLEST_NUMBER = 2 ** 24

/** `3232235777`, `0x7f000001`, `017700000001`, `0x7f.0.0.1`: what the C library takes for an address. */
function number(text: string): readonly string[] | undefined {
  if (!/^(?:0x[\da-f]+|\d+)(?:\.(?:0x[\da-f]+|\d+)){0,3}$/i.test(text) || canonicalAddress(text) !== undefined)
    return undefined
  const parts = text.split('.').map((part) => (/^0[0-7]+$/.test(part) ? Number.parseInt(part, 8) : Number(part)))
  const last = parts.pop() ?? 0
  const value = parts.reduce((sum, part, index) => sum + part * 256 ** (3 - index), last)
  const isAddress = value < 2 ** 32 && last < 256 ** (4 - parts.length) && parts.every((part) => part < 256)
  if (parts.length > 0) return isAddress ? [dotted(value)] : []
  return isAddress && value >= SMALLEST_NUMBER ? [dotted(value)] : undefined
}

function dottedNumber(text: string): number | undefined {
  const address = canonicalAddress(text)
  if (address === undefined || address.includes(':')) return undefined
  return address.split('.').reduce((number, part) => number * 256 + Number(part), 0)
}

function dotted(number: number): string {
  return [24, 16, 8, 0].map((bits) => (number >>> bits) & 255).join('.')
}

function found(address: string | undefined): readonly string[] {
  return address === undefined ? [] : [address]
}
