import { canonicalAddress } from '@infrarust/proxy-protocol'
import { gives, isNot, type ValueType } from '../config/value-type.ts'
import { readHostName } from '../config/values/host-name.ts'

/** What takes the place of the domain in the handshake that a backend gets. */
export type DomainRewrite =
  | { readonly kind: 'none' }
  | { readonly kind: 'from-backend' }
  | { readonly kind: 'explicit'; readonly domain: string }

const ACCEPTED = 'write "none", "from_backend", a domain, or { explicit = "lobby.internal" }'

/** What the backend sees as host name in the handshake. */
export const domainRewrite: ValueType<DomainRewrite> = {
  name: '"none", "from_backend", domain',
  read(written) {
    const word = typeof written === 'string' ? written.trim().toLowerCase().replaceAll('-', '_') : undefined
    if (word === 'none') return gives({ kind: 'none' })
    if (word === 'from_backend') return gives({ kind: 'from-backend' })
    const domain = explicitDomain(written)
    if (domain === undefined) return isNot(written, ACCEPTED)
    const address = canonicalAddress(domain)
    if (address !== undefined) return gives({ kind: 'explicit', domain: address })
    const host = readHostName(domain)
    return 'wrong' in host
      ? isNot(domain, `${ACCEPTED}: ${host.wrong}`)
      : gives({ kind: 'explicit', domain: host.name })
  },
  fromText: (label) => label,
  schema: {
    anyOf: [
      { type: 'string' },
      {
        type: 'object',
        properties: { explicit: { type: 'string' } },
        required: ['explicit'],
        additionalProperties: false,
      },
    ],
  },
}

function explicitDomain(written: unknown): string | undefined {
  if (typeof written === 'string') return written
  if (typeof written !== 'object' || written === null || !('explicit' in written)) return undefined
  return Object.keys(written).length === 1 && typeof written.explicit === 'string' ? written.explicit : undefined
}
