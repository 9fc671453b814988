import { dirname, join } from 'node:path'
import { shownPath } from '@infrarust/config-file'
import { endpointText, type OwnEndpoints, type Server } from '@infrarust/core'
import { backendAddress, domainPattern } from '@infrarust/core/provider'
import type { FirstSnapshot } from '../check/first-snapshot.ts'
import { loopFindings } from '../check/loops.ts'
import { printable } from '../print/printable.ts'
import { validateServer } from '../program-keys.ts'
import { canBeFileName, namesFrom } from './file-name.ts'
import { type ServerFileContent, serverFileText, serverFileValues } from './server-file.ts'
import { alreadyThere, isThere } from './write-new.ts'

/** A server as somebody has asked for it; texts as they were typed. */
export interface WantedServer {
  readonly domain: string
  readonly addresses: readonly string[]
  /** Undefined: made from the domain. */
  readonly id: string | undefined
  readonly sends: ServerFileContent['sends']
}

/** Where it would go. */
export interface ServersInForce {
  readonly serversDir: string
  /** What is served already. */
  readonly others: Pick<FirstSnapshot, 'servers' | 'route'>
  /** Where the proxy listens. */
  readonly own: OwnEndpoints
}

export type PlannedServer =
  | { readonly kind: 'planned'; readonly id: string; readonly path: string; readonly text: string }
  /** One line each. */
  | { readonly kind: 'refused'; readonly problems: readonly string[] }

/** The file that a new server would have, or why `check` would refuse it. Nothing is written. */
export async function planServer(
  wanted: WantedServer,
  { serversDir, others, own }: ServersInForce,
): Promise<PlannedServer> {
  const domain = domainPattern.read(wanted.domain)
  const addresses = wanted.addresses.map((address) => backendAddress.read(address))
  const faults = [
    ...(domain.kind === 'fault' ? [`the domain ${domain.fault}`] : []),
    ...addresses.flatMap((each) => (each.kind === 'fault' ? [`the address ${each.fault}`] : [])),
  ]
  if (domain.kind === 'fault' || faults.length > 0) return { kind: 'refused', problems: faults }
  const holder = holderOf(domain.value, others)
  if (holder !== undefined) return { kind: 'refused', problems: [holder] }
  const place = placeFor(wanted.id, domain.value, serversDir, others.servers)
  if ('problem' in place) return { kind: 'refused', problems: [place.problem] }
  const { id, path } = place
  const content = {
    domains: [asWritten(wanted.domain, domain.value)],
    addresses: addresses.flatMap((each) => (each.kind === 'value' ? endpointText(each.value) : [])),
    sends: wanted.sends,
  }
  const problems = await problemsOf(content, id, path, own)
  return problems.length > 0
    ? { kind: 'refused', problems }
    : { kind: 'planned', id, path, text: serverFileText(content) }
}

/** Who has the domain already. */
function holderOf(domain: string, { servers, route }: ServersInForce['others']): string | undefined {
  const holder = servers.find(({ domains }) => domains.includes(domain))
  if (holder !== undefined)
    return `${domain} is a domain of server "${holder.id}" already (${holder.source}); change it there, or remove the domain from it`
  const reserved = route(domain)
  return reserved.kind === 'reserved'
    ? `${domain} is in ${reserved.source}, which has a mistake and is not served; mend it first: infrarust check says what is wrong`
    : undefined
}

function placeFor(
  id: string | undefined,
  domain: string,
  serversDir: string,
  servers: readonly Server[],
): { readonly id: string; readonly path: string } | { readonly problem: string } {
  const pathOf = (name: string): string => join(serversDir, `${name}.toml`)
  if (id === undefined) {
    const free = namesFrom(domain).find(
      (name) => !servers.some((server) => server.id === name) && !isThere(pathOf(name)),
    )
    return free === undefined
      ? { problem: `every name that ${domain} suggests for a file is taken; write --id with another one` }
      : { id: free, path: pathOf(free) }
  }
  if (!canBeFileName(id))
    return {
      problem: `the id "${id}" cannot be the name of a file; write letters, digits, "-" and "_", such as survival`,
    }
  const other = servers.find((server) => server.id === id)
  if (other !== undefined) return { problem: `the id "${id}" is that of ${other.source} already; write another one` }
  return isThere(pathOf(id)) ? { problem: alreadyThere(pathOf(id)) } : { id, path: pathOf(id) }
}

/** IDN as it was typed: it is what people read. What cannot be seen in it stays out of the file. */
function asWritten(typed: string, pattern: string): string {
  const text = typed.trim()
  return /[^\p{ASCII}]/u.test(text) && printable(text) === text ? text : pattern
}

/** What the same code would say that reads the file. */
async function problemsOf(
  content: ServerFileContent,
  id: string,
  path: string,
  own: OwnEndpoints,
): Promise<readonly string[]> {
  const definition = { key: id, source: shownPath(path), folder: dirname(path), values: serverFileValues(content) }
  const validated = validateServer(definition, 'file', 'operator')
  if ('problems' in validated) return validated.problems.map(({ message }) => message)
  const loops = await loopFindings([validated.server], own)
  return loops.filter(({ level }) => level === 'error').map(({ message }) => `${message}; ${OTHER_PORT}`)
}

/** Server and proxy on one machine, both at the port of the game: how it mostly begins. */
const OTHER_PORT =
  'on this machine give the server another port (server-port in server.properties), or the proxy (bind)'
