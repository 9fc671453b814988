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
  if (typeof value === 'string')
    return value.replaceAll(LIKE_AN_ADDRESS, (found) => (isAddress(found) ? HIDDEN : found))
  if (Array.isArray(value)) return value.map(scrubbed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, scrubbed(inner)]))
}

const HIDDEN = '(address)'
/** With the length of a network, where there is one. */
const LIKE_AN_ADDRESS = /(?<![\w.])(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-f]*:[\da-f:]*:[\da-f:.]*)(?:\/\d{1,3})?/gi

function isAddress(text: string): boolean {
  const [address = ''] = text.split('/')
  // A colon behind it belongs to the sentence.
  return canonicalAddress(address.replace(/(?<!:):$/, '')) !== undefined
}
