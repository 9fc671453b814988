import { concat } from '../concat.ts'

/**
 * The hash under which a client announces itself to the session server, and the server asks for it: SHA-1 of the server
 * id, the secret and the public key as a signed number in hex, as Java writes one. It begins with `-` half the time, and
 * has no leading zeros.
 *
 * @param sha1      gives the 20 bytes of the hash
 * @param serverId  as in the Encryption Request: ISO 8859-1, empty since 1.7
 * @param secret    the sixteen bytes, decrypted
 * @param publicKey as in the Encryption Request, byte for byte
 */
export function serverHash(
  sha1: (data: Uint8Array) => Uint8Array,
  serverId: string,
  secret: Uint8Array,
  publicKey: Uint8Array,
): string {
  const id = Uint8Array.from(serverId, (character) => character.charCodeAt(0))
  const digest = sha1(concat(id, secret, publicKey))
  const digits = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return BigInt.asIntN(8 * digest.length, BigInt(`0x${digits}`)).toString(16)
}
