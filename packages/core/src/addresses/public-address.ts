import { type Cidr, canonicalAddress, parseCidr } from '@infrarust/proxy-protocol'
import { type PrefixTable, prefixSet } from './prefix-table.ts'

/**
 * Networks whose addresses mean something only where they are used: private, shared by providers, of one link or machine; of
 * examples; and those of tunnels (Teredo, 6to4), behind which a session server sees another address.
 */
const NOT_PUBLIC: readonly string[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
  '::/3',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
  '4000::/2',
  '8000::/1',
]

const networks: PrefixTable<Cidr> = prefixSet(
  NOT_PUBLIC.flatMap((text): readonly Cidr[] => {
    const parsed = parseCidr(text)
    return parsed.kind === 'invalid' ? [] : [parsed.cidr]
  }),
)

/**
 * Whether the whole Internet knows this address by that name.
 *
 * @param address canonical
 * @see the special-purpose registries of IANA; of IPv6 only 2000::/3 is given out, but for parts of it
 */
export function isPublicAddress(address: string): boolean {
  return networks.find(address) === undefined && canonicalAddress(address) !== undefined
}
