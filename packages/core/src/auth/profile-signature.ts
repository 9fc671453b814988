import { createPublicKey, verify } from 'node:crypto'
import type { ProfileKey } from '@infrarust/minecraft'

/**
 * Whether a client of 1.19 to 1.19.2 has signed its token: SHA-256 with RSA over the token and the eight bytes of salt behind
 * it. Whose key it is nobody looks at: that the player has joined is the proof of who it is.
 *
 * @param key of the Login Start: whatever a client has sent
 */
export function isTokenSigned(
  { publicKey, expiresAtMs }: ProfileKey,
  token: Uint8Array,
  { salt, signature }: { readonly salt: Uint8Array; readonly signature: Uint8Array },
  now: number = Date.now(),
): boolean {
  if (expiresAtMs < BigInt(now)) return false
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey), type: 'spki', format: 'der' })
    // A key of another size would make this cost what its owner likes.
    if (key.asymmetricKeyType !== 'rsa' || (key.asymmetricKeyDetails?.modulusLength ?? 0) > KEY_MAX_BITS) return false
    return verify('sha256', Buffer.concat([token, salt]), key, signature)
  } catch {
    // What is no key, or none that this Node takes.
    return false
  }
}

/** Mojang's have as many. */
const KEY_MAX_BITS = 2_048
