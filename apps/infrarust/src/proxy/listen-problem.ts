import { type Endpoint, endpointText } from '@infrarust/core'
import type { ListenError } from './listen.ts'

/** Why an address could not be bound and what to do, in one line. */
export function listenProblem({ listener, cause }: ListenError): string {
  const address = endpointText(listener)
  const where = `cannot listen on ${address}${listener.name === address ? '' : ` ("${listener.name}")`}`
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
