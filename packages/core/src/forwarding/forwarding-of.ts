import type { ForwardingKind } from './forwarding.ts'
import type { ServerForwarding } from './forwarding-keys.ts'

/**
 * What a server may be told of players. Whoever is a backend can use it: the token of `bungeeguard` opens every server that
 * knows it, and what is signed for one server can be shown to another with the same secret.
 *
 * - `any`: the operator has written the server into a file
 * - `without-token`: a provider has it, and the operator has allowed the provider to have players announced
 * - `none`: a provider has it
 */
export type ForwardingGrant = 'any' | 'without-token' | 'none'

/** A server, as far as it decides how it is told who the players are. */
export interface ForwardedServer extends Pick<ServerForwarding, 'forwardingMode'> {
  readonly forwardingGrant: ForwardingGrant
}

/**
 * How a server is told who the players are in the end.
 *
 * @param general `mode` of `[forwarding]`
 */
export function forwardingOf(
  { forwardingMode, forwardingGrant }: ForwardedServer,
  general: ForwardingKind,
): ForwardingKind {
  const kind = forwardingMode ?? general
  switch (forwardingGrant) {
    case 'any':
      return kind
    case 'without-token':
      return kind === 'bungeeguard' ? 'none' : kind
    case 'none':
      return 'none'
  }
}
