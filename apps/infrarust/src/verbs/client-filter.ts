import { cidrText, parseCidr, prefixSet } from '@infrarust/core'
import { VerbError } from './verb-error.ts'

/** Clients that a command is about. */
export interface ClientFilter {
  /** Canonical. */
  readonly text: string
  matches(address: string): boolean
}

/** @throws {VerbError} `bad_request` for what is no address and no network */
export function clientFilter(written: string): ClientFilter {
  const parsed = parseCidr(written)
  if (parsed.kind === 'invalid') throw new VerbError('bad_request', `"${written}" is no client: ${parsed.message}`)
  const set = prefixSet([parsed.cidr])
  return { text: cidrText(parsed.cidr), matches: (address) => set.has(address) }
}
