import type { Decoded } from '../decoded.ts'
import { cannotEncode } from '../errors.ts'
import { type ArrayLength, FieldReader } from '../field-reader.ts'
import { encodeBool, encodeByteArray, encodeString } from '../field-writer.ts'
import { encodePacket } from '../frame.ts'
import { layoutVersion } from '../protocol-versions.ts'
import { CLIENTBOUND_LOGIN, SERVERBOUND_LOGIN } from './packets.ts'

/** Asks the client for a secret, and to vouch for itself at its session server. Byte fields that were decoded are views. */
export interface EncryptionRequest {
  readonly kind: 'encryption-request'
  /** Goes into the server hash; empty since 1.7. */
  readonly serverId: string
  /** RSA, as SubjectPublicKeyInfo in DER: 162 bytes for the 1,024 bits that every server uses. */
  readonly publicKey: Uint8Array
  /** Four random bytes. */
  readonly verifyToken: Uint8Array
  /** False asks for encryption alone. Clients before 1.20.5 cannot be told, and always vouch for themselves. */
  readonly shouldAuthenticate: boolean
}

/**
 * The client's answer. From the byte behind it on the client sends ciphertext, and reads nothing else. Byte fields are
 * views.
 */
export interface EncryptionResponse {
  readonly kind: 'encryption-response'
  /** The sixteen bytes of the secret, encrypted for the public key: PKCS #1 v1.5, as long as the key. */
  readonly encryptedSecret: Uint8Array
  readonly proof: TokenProof
}

/** How the client shows that it answers this request. */
export type TokenProof =
  | { readonly kind: 'encrypted'; readonly encryptedToken: Uint8Array }
  /**
   * Of clients of 1.19 to 1.19.2 with a profile key: SHA-256 with RSA over the token and, behind it, these eight bytes
   * of salt, by the key of the Login Start.
   */
  | { readonly kind: 'signed'; readonly salt: Uint8Array; readonly signature: Uint8Array }

/** A vanilla client's body has 261 bytes, and 398 with a signature: whatever is longer is hostile. */
export const ENCRYPTION_RESPONSE_MAX_BYTES = 600
/** Room for a key of 4,096 bits. */
const REQUEST_MAX_BYTES = 1_024

const REQUEST_ID = CLIENTBOUND_LOGIN.indexOf('encryption-request')
const RESPONSE_ID = SERVERBOUND_LOGIN.indexOf('encryption-response')
const SERVER_ID_MAX_UNITS = 20
const PUBLIC_KEY_MAX_BYTES = 600
/** One block of RSA, for the keys of 1,024 bits that every server uses. */
const SECRET_MAX_BYTES = 128
const TOKEN_MAX_BYTES = 256
/** The keys of clients have 2,048 bits. */
const SIGNATURE_MAX_BYTES = 256
const SALT_BYTES = 8

function arrayLength(protocolVersion: number): ArrayLength {
  return layoutVersion(protocolVersion) < 47 ? 'int16' : 'varint'
}

/** Whether the response says which of two proofs follows. */
function saysProof(protocolVersion: number): boolean {
  return protocolVersion === 759 || protocolVersion === 760
}

function saysAuthenticate(protocolVersion: number): boolean {
  return layoutVersion(protocolVersion) >= 766
}

/**
 * @param request         `serverId` is empty and `shouldAuthenticate` true where they are left out; the latter is not sent
 *   to a client that cannot be told
 * @param protocolVersion the client's
 * @throws MinecraftError `too-long`
 */
export function encodeEncryptionRequest(
  request: Pick<EncryptionRequest, 'publicKey' | 'verifyToken'> &
    Partial<Pick<EncryptionRequest, 'serverId' | 'shouldAuthenticate'>>,
  protocolVersion: number,
): Uint8Array {
  const lengthAs = arrayLength(protocolVersion)
  return encodePacket(
    REQUEST_ID,
    encodeString(request.serverId ?? '', SERVER_ID_MAX_UNITS, 'a server id'),
    encodeByteArray(request.publicKey, lengthAs, PUBLIC_KEY_MAX_BYTES, 'a public key'),
    encodeByteArray(request.verifyToken, lengthAs, TOKEN_MAX_BYTES, 'a verify token'),
    saysAuthenticate(protocolVersion) ? encodeBool(request.shouldAuthenticate ?? true) : new Uint8Array(0),
  )
}

/**
 * Decodes what a server in online mode sends.
 *
 * @param protocolVersion the handshake's
 */
export function decodeEncryptionRequest(bytes: Uint8Array, protocolVersion: number): Decoded<EncryptionRequest> {
  const lengthAs = arrayLength(protocolVersion)
  const reader = FieldReader.ofPacket(bytes, REQUEST_ID, REQUEST_MAX_BYTES)
  const serverId = reader.string(SERVER_ID_MAX_UNITS)
  const publicKey = reader.byteArray(lengthAs, PUBLIC_KEY_MAX_BYTES)
  const verifyToken = reader.byteArray(lengthAs, TOKEN_MAX_BYTES)
  const shouldAuthenticate = saysAuthenticate(protocolVersion) ? reader.bool() : true
  return reader.finish(() => ({ kind: 'encryption-request', serverId, publicKey, verifyToken, shouldAuthenticate }))
}

/**
 * @param protocolVersion the handshake's
 * @throws MinecraftError `too-long`, `out-of-range` for a proof that this protocol version does not have
 */
export function encodeEncryptionResponse(
  { encryptedSecret, proof }: Pick<EncryptionResponse, 'encryptedSecret' | 'proof'>,
  protocolVersion: number,
): Uint8Array {
  return encodePacket(
    RESPONSE_ID,
    encodeByteArray(encryptedSecret, arrayLength(protocolVersion), SECRET_MAX_BYTES, 'an encrypted secret'),
    ...encodeProof(proof, protocolVersion),
  )
}

function encodeProof(proof: TokenProof, protocolVersion: number): readonly Uint8Array[] {
  const isSaid = saysProof(protocolVersion)
  switch (proof.kind) {
    case 'encrypted': {
      const lengthAs = arrayLength(protocolVersion)
      const token = encodeByteArray(proof.encryptedToken, lengthAs, TOKEN_MAX_BYTES, 'an encrypted token')
      return isSaid ? [encodeBool(true), token] : [token]
    }
    case 'signed':
      if (!isSaid) throw cannotEncode('out-of-range', `a signed token in protocol version ${protocolVersion}`)
      if (proof.salt.length !== SALT_BYTES) throw cannotEncode('out-of-range', `a salt of ${proof.salt.length} bytes`)
      return [
        encodeBool(false),
        proof.salt,
        encodeByteArray(proof.signature, 'varint', SIGNATURE_MAX_BYTES, 'a signature'),
      ]
  }
}

/**
 * Decodes the answer to an Encryption Request. A length that no key of ours can have made is refused before its bytes
 * have come. Nothing in it is true yet: what it holds must be decrypted or verified.
 *
 * @param bytes           everything received since the Login Start; what follows the frame is ciphertext
 * @param protocolVersion the handshake's
 */
export function decodeEncryptionResponse(bytes: Uint8Array, protocolVersion: number): Decoded<EncryptionResponse> {
  const lengthAs = arrayLength(protocolVersion)
  const reader = FieldReader.ofPacket(bytes, RESPONSE_ID, ENCRYPTION_RESPONSE_MAX_BYTES)
  const encryptedSecret = reader.byteArray(lengthAs, SECRET_MAX_BYTES)
  const isSigned = saysProof(protocolVersion) && !reader.bool()
  const proof: TokenProof = isSigned
    ? { kind: 'signed', salt: reader.bytes(SALT_BYTES), signature: reader.byteArray('varint', SIGNATURE_MAX_BYTES) }
    : { kind: 'encrypted', encryptedToken: reader.byteArray(lengthAs, TOKEN_MAX_BYTES) }
  return reader.finish(() => ({ kind: 'encryption-response', encryptedSecret, proof }))
}
