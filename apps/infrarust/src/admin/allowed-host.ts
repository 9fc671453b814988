import { isIP } from 'node:net'
import { hostname } from 'node:os'
import type { Logger } from 'pino'

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

/**
 * Says for the first few names that each is refused, once.
 *
 * @param table   whose listener it is: `[admin]`
 * @param whose   what it would be if the name were right
 */
export function refusedHosts(table: string, whose: string, logger: Pick<Logger, 'warn'>): (host: string) => void {
  const told = new Set<string>()
  return (host) => {
    // What is no name cannot be listed.
    if (told.size >= MAX_TOLD || told.has(host) || !/^[\w.:-]{1,255}$/.test(host)) return
    told.add(host)
    logger.warn(
      `${table} is asked as "${host}" and refuses: a web page could pose as that name. If it is ${whose}, list the name, ` +
        `without the port, in allowed_hosts of ${table}`,
    )
  }
}

const MAX_TOLD = 8
