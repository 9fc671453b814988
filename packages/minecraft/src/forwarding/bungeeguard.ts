import type { ProfileProperty } from '../profile.ts'

/**
 * BungeeGuard is BungeeCord's forwarding with a token among the properties. The token goes over the wire as it is: every
 * backend that a player joins has it, and whoever has it is believed.
 */
const TOKEN_NAME = 'bungeeguard-token'

/** The properties with the token as their last. One that was there already is left out: a backend refuses two. */
export function withBungeeGuardToken(
  properties: readonly ProfileProperty[],
  token: string,
): readonly ProfileProperty[] {
  return [...properties.filter(({ name }) => name !== TOKEN_NAME), { name: TOKEN_NAME, value: token, signature: '' }]
}

/**
 * The token, and the properties without it, for a backend. Compare tokens in constant time.
 *
 * @returns undefined where there is none, or more than one: then nobody is to be let in
 */
export function takeBungeeGuardToken(
  properties: readonly ProfileProperty[],
): { readonly token: string; readonly properties: readonly ProfileProperty[] } | undefined {
  const [token, ...others] = properties.filter(({ name }) => name === TOKEN_NAME)
  if (token === undefined || others.length > 0) return undefined
  return { token: token.value, properties: properties.filter(({ name }) => name !== TOKEN_NAME) }
}
