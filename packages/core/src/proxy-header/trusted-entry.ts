import { type Cidr, cidrText, parseCidr } from '@infrarust/proxy-protocol'
import { gives, isNot, type ValueType } from '../config/value-type.ts'
import { type HostName, readHostName } from '../config/values/host-name.ts'

/** One entry of `trusted`: a network (of one address, perhaps), or a host that stands for the addresses of its name. */
export type TrustedEntry = Cidr | TrustedHost

/** A host in `trusted`, by its name. */
export interface TrustedHost {
  /** Lower case ASCII. A dot at its end is the root: it is looked up as it stands, without a search list. */
  readonly hostName: string
}

const ACCEPTED =
  'write an address or a network such as "10.0.0.0/8" or "2001:db8::/32", or the name of a host such as "lb.example.com"'

/** What `trusted` lists. */
export const trustedEntry: ValueType<TrustedEntry> = {
  name: 'network or name',
  read(written) {
    if (typeof written !== 'string') return isNot(written, ACCEPTED)
    const parsed = parseCidr(written)
    if (parsed.kind === 'cidr') return gives(parsed.cidr)
    const host = readTrustedHost(written)
    if ('name' in host) return gives({ hostName: host.name })
    // Whoever has bits behind a prefix is told which network was meant.
    return isNot(written, `${ACCEPTED}: ${/^[\d.:/a-f\s]+$/i.test(written) ? parsed.message : host.wrong}`)
  },
  fromText: (label) => label,
  schema: { type: 'string' },
}

/**
 * The name of a host whose addresses are trusted, or what is wrong with it. A last part without a letter is a slip in an
 * address (`10.0.0.256`, `10.0.0.0-8`, `0x7f.1`), of which resolvers make what they please.
 */
export function readTrustedHost(written: string): HostName {
  const trimmed = written.trim()
  if (trimmed.includes('/'))
    return { wrong: 'a network begins with an address, and a name stands for single addresses' }
  if (trimmed.includes(':')) return { wrong: 'a name stands here without a port' }
  const host = readHostName(trimmed)
  if ('wrong' in host) return host
  const last = host.name.slice(host.name.lastIndexOf('.') + 1)
  if (!/[a-z]/.test(last) || /^0x[\da-f]*$/.test(last)) return { wrong: `"${host.name}" is no IPv4 address` }
  return trimmed.endsWith('.') ? { name: `${host.name}.` } : host
}

/** As it is written: `10.0.0.0/8`, `10.0.0.2`, `lb.example.com`. */
export function trustedEntryText(entry: TrustedEntry): string {
  return 'hostName' in entry ? entry.hostName : cidrText(entry)
}

/** The entries that are written down as addresses. */
export function trustedNetworks(entries: readonly TrustedEntry[]): readonly Cidr[] {
  return entries.flatMap((entry) => ('hostName' in entry ? [] : [entry]))
}

/** The entries that have to be looked up. */
export function trustedHosts(entries: readonly TrustedEntry[]): readonly string[] {
  return entries.flatMap((entry) => ('hostName' in entry ? [entry.hostName] : []))
}
