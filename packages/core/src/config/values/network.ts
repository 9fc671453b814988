import { type Cidr, parseCidr } from '@infrarust/proxy-protocol'
import { gives, isNot, type ValueType } from '../value-type.ts'

const ACCEPTED = 'write an address or a network such as "10.0.0.0/8" or "2001:db8::/32"'

/** A network or one address. */
export const network: ValueType<Cidr> = {
  name: 'network',
  read(written) {
    if (typeof written !== 'string') return isNot(written, ACCEPTED)
    const parsed = parseCidr(written)
    return parsed.kind === 'cidr' ? gives(parsed.cidr) : isNot(written, `${ACCEPTED}: ${parsed.message}`)
  },
  fromText: (label) => label,
  schema: { type: 'string', pattern: '^\\s*[0-9A-Fa-f:.]+(/[0-9]{1,3})?\\s*$' },
}
