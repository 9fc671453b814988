import { parseDomainPattern } from '../../domains/domain.ts'
import { gives, isNot, type ValueType } from '../value-type.ts'

const ACCEPTED = 'write a domain such as "survival.example.com" or "*.example.com"'

/** A domain that players type, possibly with `*` (one or more labels) and `?` (one character). */
export const domainPattern: ValueType<string> = {
  name: 'domain',
  read(written) {
    if (typeof written !== 'string') return isNot(written, ACCEPTED)
    const parsed = parseDomainPattern(written)
    return parsed.kind === 'pattern' ? gives(parsed.pattern) : isNot(written, `${ACCEPTED}: it ${parsed.message}`)
  },
  fromText: (label) => label,
  schema: { type: 'string' },
}
