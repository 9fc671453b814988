import { endpointText } from '@infrarust/core'
import type { ListenError } from './listen.ts'

/** Why an address could not be bound and what to do, in one line. */
export function listenProblem({ listener, cause }: ListenError): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const address = endpointText(listener)
  const where = `cannot listen on ${address}${listener.name === address ? '' : ` ("${listener.name}")`}`
  switch (code) {
    case 'EADDRINUSE':
      return `${where}: another program listens there already; stop it, or choose another port with bind or --bind`
    case 'EACCES':
      return `${where}: permission denied; ports below 1024 need root or CAP_NET_BIND_SERVICE`
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
      return `${where}: this machine has no such address; write 0.0.0.0 for all its IPv4 addresses, [::] for all that it has`
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${where}: no address is known for the name ${listener.host}; write an address of this machine`
    default:
      return `${where}: ${cause instanceof Error ? cause.message : String(cause)}`
  }
}
