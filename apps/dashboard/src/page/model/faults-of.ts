import type { Listener } from '../api/answers.ts'

/** Something that needs somebody, as the proxy says it. */
export interface Finding {
  readonly kind: string
  readonly text: string
  readonly fix?: string | null
  readonly server?: string
  readonly listener?: string
}

/** An edge of the picture that is cut. */
export type Fault = {
  /** What to change, and where. */
  readonly text: string
} & (
  | { readonly at: 'listener'; readonly peer: string; readonly listener: string }
  | { readonly at: 'server'; readonly server: string }
)

/** A peer whose headers were refused lately is one that the picture has to show, even if nobody of it is connected. */
export function faultsOf(listeners: readonly Listener[], findings: readonly Finding[]): readonly Fault[] {
  const refused = listeners.flatMap(({ name, proxy_protocol, headers }) =>
    headers
      .filter(({ header }) => header === 'refused')
      .map(({ peer, count }) => ({
        at: 'listener' as const,
        peer,
        listener: name,
        text: refusedText(peer, name, proxy_protocol, count),
      })),
  )
  const atServers = findings.flatMap(({ kind, server, text, fix }) =>
    kind === 'mismatch' && server !== undefined
      ? [{ at: 'server' as const, server, text: fix === null || fix === undefined ? text : `${text}: ${fix}` }]
      : [],
  )
  return [...refused, ...atServers]
}

function refusedText(peer: string, listener: string, mode: string, count: number): string {
  const what = `${peer} was refused on listener ${listener} ${count === 1 ? 'once' : `${count} times`}`
  switch (mode) {
    case 'off':
      return `${what}: it sends a PROXY header, and this listener expects none. If it is a load balancer of yours, set proxy_protocol of the listener to "required" and name the peer in trusted; else switch its header off`
    case 'required':
      return `${what}: it sends no PROXY header, or one that is not believed. If it is a load balancer of yours, switch its header on (send-proxy-v2) and name it in trusted of [proxy_protocol]; players themselves belong on a listener without one`
    default:
      return `${what}: its header is none, or it is not trusted to send one. If it is a load balancer of yours, name it in trusted of [proxy_protocol]`
  }
}
