import { byteAt, uint32At, writeUint32 } from '../bytes.ts'
import type { Tlv } from '../header.ts'
import { TLV_TYPES } from '../tlv-types.ts'
import { SSL_FIXED_BYTES, tlvBytes, walkTlvs, writeTlvs } from '../tlvs.ts'
import { decodeUtf8 } from '../utf8.ts'
import { findTlv, type WithTlvs } from './find.ts'

/** How the client spoke TLS to the sender. A text is absent where its sub-TLV is, or is not UTF-8. */
export interface Ssl {
  /** The client connected over SSL/TLS. */
  readonly isEncrypted: boolean
  /** The client showed a certificate on this connection. */
  readonly hasCertificateOnConnection: boolean
  /** The client showed a certificate at least once in this TLS session. */
  readonly hasCertificateInSession: boolean
  /** The sender's verdict on that certificate: 0 is verified. It says nothing where none was shown. */
  readonly verify: number
  /** `TLSv1.3` */
  readonly version: string | undefined
  /** Common name of the client's certificate. */
  readonly commonName: string | undefined
  readonly cipher: string | undefined
  readonly signatureAlgorithm: string | undefined
  readonly keyAlgorithm: string | undefined
  /** Key exchange group. */
  readonly group: string | undefined
  readonly signatureScheme: string | undefined
  /** DER, 1 to 2 KiB: such a header is longer than the 536 bytes that most receivers allow. */
  readonly clientCertificate: Uint8Array | undefined
  /** All sub-TLVs in the order of the wire, values as views. */
  readonly tlvs: readonly Tlv[]
}

const ENCRYPTED = 0x01
const CERTIFICATE_ON_CONNECTION = 0x02
const CERTIFICATE_IN_SESSION = 0x04

/** @see PROXY protocol, section 2.2.5 */
export function ssl(header: WithTlvs): Ssl | undefined {
  const value = findTlv(header, TLV_TYPES.SSL)
  if (value === undefined || value.length < SSL_FIXED_BYTES) return undefined
  const flags = byteAt(value, 0)
  const inner: WithTlvs = { tlvs: walkTlvs(value, SSL_FIXED_BYTES, value.length).tlvs }
  const text = (type: number): string | undefined => {
    const bytes = findTlv(inner, type)
    return bytes === undefined ? undefined : decodeUtf8(bytes)
  }
  return {
    isEncrypted: (flags & ENCRYPTED) !== 0,
    hasCertificateOnConnection: (flags & CERTIFICATE_ON_CONNECTION) !== 0,
    hasCertificateInSession: (flags & CERTIFICATE_IN_SESSION) !== 0,
    verify: uint32At(value, 1),
    version: text(TLV_TYPES.SSL_VERSION),
    commonName: text(TLV_TYPES.SSL_CN),
    cipher: text(TLV_TYPES.SSL_CIPHER),
    signatureAlgorithm: text(TLV_TYPES.SSL_SIG_ALG),
    keyAlgorithm: text(TLV_TYPES.SSL_KEY_ALG),
    group: text(TLV_TYPES.SSL_GROUP),
    signatureScheme: text(TLV_TYPES.SSL_SIG_SCHEME),
    clientCertificate: findTlv(inner, TLV_TYPES.SSL_CLIENT_CERT),
    tlvs: inner.tlvs,
  }
}

export interface SslToEncode {
  readonly isEncrypted?: boolean
  readonly hasCertificateOnConnection?: boolean
  readonly hasCertificateInSession?: boolean
  readonly verify?: number
  /** In the order in which they are written. */
  readonly tlvs?: readonly Tlv[]
}

/** @throws {ProxyProtocolError} `tlv-type`, `tlv-value` */
export function sslTlv(options: SslToEncode): Tlv {
  const tlvs = options.tlvs ?? []
  const value = new Uint8Array(SSL_FIXED_BYTES + tlvBytes(tlvs))
  value[0] =
    (options.isEncrypted ? ENCRYPTED : 0) |
    (options.hasCertificateOnConnection ? CERTIFICATE_ON_CONNECTION : 0) |
    (options.hasCertificateInSession ? CERTIFICATE_IN_SESSION : 0)
  writeUint32(value, 1, options.verify ?? 0)
  writeTlvs(value, SSL_FIXED_BYTES, tlvs)
  return { type: TLV_TYPES.SSL, value }
}
