import type { HmacSha256 } from '@infrarust/minecraft'

/**
 * How a server is told who the player is. A secret is in the closure or value of a server that needs it, and nowhere else;
 * it is never in a text.
 */
export type Forwarding =
  /** It is told nothing: it sees a player of its own, in offline mode. */
  | { readonly kind: 'none' }
  /** By the address of the handshake, which nothing proves. */
  | { readonly kind: 'bungeecord' }
  /** The same, with a token in it. */
  | { readonly kind: 'bungeeguard'; readonly token: string }
  /** It asks during the login, and the answer is signed with the secret that both have. */
  | { readonly kind: 'velocity'; readonly hmac: HmacSha256 }

/** The `forwarding_mode` of a server, as it counts in the end. */
export type ForwardingKind = Forwarding['kind']

/** How the proxy logs in to a server for a player. */
export interface BackendLogin {
  readonly forwarding: Forwarding
  /** What a server is told of a player whom another server has sent: that, or an ordinary login. */
  readonly transferIntent: 'keep' | 'login'
}
