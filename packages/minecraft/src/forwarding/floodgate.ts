import type { Markers } from '../handshake-address.ts'

/**
 * What Floodgate says of a Bedrock player, encrypted for who has its key: `^Floodgate^…`. Such a player has no account
 * that a session server could vouch for.
 *
 * @returns undefined for everybody else
 */
export function floodgateData(markers: Markers): string | undefined {
  return markers.kind === 'known' ? markers.names.find((name) => name.startsWith('^Floodgate^')) : undefined
}
