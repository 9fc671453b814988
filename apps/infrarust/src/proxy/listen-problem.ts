import type { ListenError } from './running-proxy.ts'

/** Why an address could not be bound and what to do, in one line. */
export function listenProblem({ listener, cause }: ListenError): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const where = `cannot listen on ${listener.name}`
  switch (code) {
    case 'EADDRINUSE':
      return `${where}: another program listens there already; stop it, or choose another port with bind or --bind`
    case 'EACCES':
      return `${where}: permission denied; ports below 1024 need root or CAP_NET_BIND_SERVICE`
    case 'EADDRNOTAVAIL':
      return `${where}: this machine has no such address; 0.0.0.0 or [::] is all that it has`
    default:
      return `${where}: ${cause instanceof Error ? cause.message : String(cause)}`
  }
}
