import { isIP } from 'node:net'
import { hostname } from 'node:os'

/**
 * Whether a request for this `Host` is answered. A page in an operator's browser can give a name of its own the address of
 * this listener (DNS rebinding) and then read what is here; it cannot take an address for a name, nor a name without a
 * dot, which only the network of the browser knows: `localhost`, the service `infrarust` of a compose file.
 *
 * @param host    with a port or without
 * @param allowed further names, in lower case: what `allowed_hosts` lists
 */
export function isAllowedHost(host: string, allowed: readonly string[]): boolean {
  const [, bracketed, named] = /^(?:\[([^\]]+)\]|([^:]+))(?::\d{0,5})?$/.exec(host) ?? []
  if (bracketed !== undefined) return isIP(bracketed) === 6
  const name = named?.toLowerCase().replace(/\.$/, '')
  if (name === undefined || !/^[\w.-]+$/.test(name)) return false
  return (
    isIP(name) === 4 ||
    !name.includes('.') ||
    name.endsWith('.localhost') ||
    name === hostname().toLowerCase() ||
    allowed.includes(name)
  )
}
