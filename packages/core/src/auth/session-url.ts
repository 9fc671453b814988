import { canonicalAddress } from '@infrarust/proxy-protocol'
import { gives, isNot, type ValueType } from '../config/value-type.ts'

const WRITE = 'write its whole address, such as "https://sessionserver.mojang.com/session/minecraft/hasJoined"'

/** The address of a session server. Who could change its answers on the way could be any player, so it takes TLS. */
export const sessionUrl: ValueType<string> = {
  name: 'https:// URL',
  read(written) {
    const text = typeof written === 'string' ? written.trim() : ''
    const url = URL.canParse(text) ? new URL(text) : undefined
    if (url === undefined || !/^https?:$/.test(url.protocol)) return isNot(written, WRITE)
    if (url.username !== '' || url.password !== '')
      return isNot(written, 'a session server is asked without a name and password; write its address without them')
    if (url.protocol === 'http:' && !isThisMachine(url.hostname))
      return isNot(written, 'whoever is between could answer in its place; write https:// (http:// only to 127.0.0.1)')
    if (url.pathname === '/') return isNot(written, WRITE)
    return gives(text)
  },
  fromText: (label) => label,
  schema: { type: 'string', pattern: '^\\s*[hH][tT][tT][pP][sS]?://' },
}

function isThisMachine(hostname: string): boolean {
  const address = canonicalAddress(hostname.replace(/^\[(.*)\]$/, '$1'))
  return hostname === 'localhost' || address === '::1' || address?.startsWith('127.') === true
}
