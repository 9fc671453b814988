import { dirname } from 'node:path'
import { type Endpoint, endpointText, isUnixName } from '@infrarust/core'
import { unixPath } from '@infrarust/core/transport'
import type { ListenError } from './listen.ts'

/** Why an address could not be bound and what to do, in one line. */
export function listenProblem({ listener, cause }: ListenError): string {
  const address = endpointText(listener)
  const where = `cannot listen on ${address}${listener.name === address ? '' : ` ("${listener.name}")`}`
  if (isUnixName(listener.host)) return `${where}: ${socketProblem(unixPath(listener.host), cause)}`
  return `${where}: ${bindProblem(cause, listener, 'bind or --bind')}`
}

/**
 * The same without the place, as a clause.
 *
 * @param keys what names another one
 */
export function bindProblem(cause: unknown, { host, port }: Pick<Endpoint, 'host' | 'port'>, keys: string): string {
  switch (cause instanceof Error && 'code' in cause ? cause.code : undefined) {
    case 'EADDRINUSE':
      return `another program listens there already (ss -ltnp "sport = :${port}" shows it); stop it, or choose another port with ${keys}`
    case 'EACCES':
    case 'EPERM':
      return 'permission denied; ports below 1024 need root or CAP_NET_BIND_SERVICE'
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
      return 'this machine has no such address; write 0.0.0.0 for all its IPv4 addresses, [::] for all that it has'
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `no address is known for the name ${host}; write an address of this machine`
    case 'EMFILE':
    case 'ENFILE':
      return 'no more files may be opened; raise the limit (ulimit -n, or LimitNOFILE= of the unit)'
    default:
      return cause instanceof Error ? cause.message : String(cause)
  }
}

function socketProblem(path: string, cause: unknown): string {
  switch (cause instanceof Error && 'code' in cause ? cause.code : undefined) {
    case 'EADDRINUSE':
      return 'another process listens there already; stop it, or choose another path with bind'
    case 'ENOTSOCK':
      return 'something is there that is no socket; remove it, or choose another path with bind'
    case 'ENOENT':
      return `there is no folder ${dirname(path)}; make it, for the user of this proxy and the group of who connects (systemd: RuntimeDirectory=)`
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `permission denied; the user of this proxy must be able to make files in ${dirname(path)}`
    default:
      return cause instanceof Error ? cause.message : String(cause)
  }
}
