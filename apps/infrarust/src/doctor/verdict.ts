import type { Server } from '@infrarust/core'
import type { EndpointFindings } from './try-endpoint.ts'

/** Worst last: the verdict on a server is the worst of its endpoints. */
const VERDICTS = [
  'ok',
  'unreachable',
  'no_answer',
  'garbled',
  'wrong_version',
  'unexpected_header',
  'needs_header',
  'loop',
] as const

/** Whether the header that an address is sent is what it expects. */
export type EndpointVerdict = (typeof VERDICTS)[number]

/**
 * Whether what a server is sent is what it expects: its header, and then how it is told who the players are. `asleep`: it is
 * started and stopped by the proxy, and was not asked.
 */
export type Verdict = EndpointVerdict | 'login_mismatch' | 'asleep'

export type Sends = Server['sendProxyProtocol']

export function verdictOn(sends: Sends, endpoints: readonly EndpointFindings[]): EndpointVerdict {
  const worst = Math.max(...endpoints.map((endpoint) => VERDICTS.indexOf(endpointVerdict(sends, endpoint))))
  return VERDICTS[worst] ?? 'unreachable'
}

export function endpointVerdict(sends: Sends, { none, v1, v2 }: EndpointFindings): EndpointVerdict {
  if (none === 'loop') return 'loop'
  const asConfigured = sends === false ? none : sends === 1 ? v1 : v2
  if (asConfigured === 'answered') return 'ok'
  const takesHeader = v1 === 'answered' || v2 === 'answered'
  if (takesHeader) return sends === false ? 'needs_header' : 'wrong_version'
  if (none === 'answered') return 'unexpected_header'
  // An answer is one, even where nobody can read it: another program has the port, or a mod writes what is no status.
  if ([none, v1, v2].includes('garbled')) return 'garbled'
  return isReachable({ none, v1, v2 }) ? 'no_answer' : 'unreachable'
}

/** Whether any of the tries got a connection. */
export function isReachable({ none, v1, v2 }: Pick<EndpointFindings, 'none' | 'v1' | 'v2'>): boolean {
  return [none, v1, v2].some((result) => result !== 'unreachable')
}
