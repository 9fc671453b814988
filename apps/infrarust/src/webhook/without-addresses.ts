import { canonicalAddress } from '@infrarust/core'
import type { ProxyEvent } from '../events/proxy-event.ts'

/** What an event reads like where nobody is to learn the address of a player. */
export function withoutAddresses(event: ProxyEvent): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(event).flatMap(([key, value]) =>
      LEFT_OUT.has(key) ? [] : [[key, KEPT.has(key) ? value : scrubbed(value)]],
    ),
  )
}

const LEFT_OUT: ReadonlySet<string> = new Set(['client', 'peer'])
/** What this proxy or its operator has named; the address of a listener or of a server is no player's. */
const KEPT: ReadonlySet<string> = new Set(['kind', 'at', 'listener', 'server', 'endpoint'])

function scrubbed(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll(IPV6_LIKE, withoutIPv6).replaceAll(IPV4_LIKE, HIDDEN)
  if (Array.isArray(value)) return value.map(scrubbed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, scrubbed(inner)]))
}

const HIDDEN = '(address)'
/** With the length of a network, where there is one. Four numbers that are no address are hidden too: nobody misses them. */
const IPV4_LIKE = /(?<!\d)\d{1,3}(?:\.\d{1,3}){3}(?!\d)(?:\/\d{1,3})?/g
/** The same; with what may stand right behind it, such as a port or the dot of a sentence. Times of day look like it as well. */
const IPV6_LIKE = /(?<![\da-z])[\da-f]*:[\da-f]*:[\da-f:.]*(?:\/\d{1,3})?/gi
/** `::`, and eight groups of which the last two are written as IPv4. */
const IPV6_CHARACTERS = { min: 2, max: 45 }

/** Without the longest address that it begins with. */
function withoutIPv6(found: string): string {
  for (let end = Math.min(found.length, IPV6_CHARACTERS.max); end >= IPV6_CHARACTERS.min; end--)
    if (canonicalAddress(found.slice(0, end)) !== undefined) return HIDDEN + found.slice(end).replace(/^\/\d+/, '')
  return found
}
