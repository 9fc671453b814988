import { cannotEncode } from '../errors.ts'

/** The longest text of an IPv6 address, which ends in an IPv4 address. */
export const CLIENT_ADDRESS_MAX_UNITS = 45

/** What Spigot and Paper take for the address of a client: digits, dots and colons, in lower case. */
export const CLIENT_ADDRESS: RegExp = /^[0-9a-f.:]{1,45}$/

/**
 * A client's address as backends read it. A zone, which means something on one machine alone, is left out.
 *
 * @throws MinecraftError `out-of-range` for what is no IP address
 */
export function forwardedAddress(address: string): string {
  const text = address.replace(/%.*$/s, '').toLowerCase()
  if (!CLIENT_ADDRESS.test(text)) throw cannotEncode('out-of-range', `the client address "${address}"`)
  return text
}
