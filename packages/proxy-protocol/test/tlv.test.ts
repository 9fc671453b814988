import { describe, expect, it } from 'vitest'
import { crc32c } from '../src/crc32c.ts'
import {
  alpn,
  alpnTlv,
  authority,
  authorityTlv,
  awsVpcEndpointId,
  azurePrivateEndpointLinkId,
  checksum,
  crc32cTlv,
  type Decoded,
  decode,
  encodeV2,
  findTlv,
  gcpPscConnectionId,
  netns,
  netnsTlv,
  ssl,
  sslTlv,
  TLV_TYPES,
  type Tlv,
  tlvName,
  uniqueId,
  uniqueIdTlv,
} from '../src/index.ts'
import { concat, feed, hex, IPV4_BLOCK, latin1, SIGNATURE } from './feed.ts'

function headerWith(...tlvs: string[]): Uint8Array {
  const block = hex(IPV4_BLOCK, ...tlvs)
  return concat(hex(SIGNATURE, '2111'), [block.length >>> 8, block.length & 0xff], block)
}

function received(...tlvs: Tlv[]) {
  const pair = { source: { address: '203.0.113.7', port: 1 }, destination: { address: '192.0.2.1', port: 2 } }
  return headerOf(feed(encodeV2({ command: 'PROXY', ...pair, tlvs })))
}

function headerOf(decoded: Decoded) {
  if (decoded.kind !== 'header') throw new Error(`no header: ${JSON.stringify(decoded)}`)
  return decoded.header
}

describe('TLVs', () => {
  it('are kept in order, known or not, repeated or not, with values that are views', () => {
    const bytes = headerWith('e2 0001 31', '00 0000', 'e2 0001 32')
    const header = headerOf(feed(bytes))
    expect(header.tlvs).toEqual([
      { type: 0xe2, value: hex('31') },
      { type: 0, value: hex('') },
      { type: 0xe2, value: hex('32') },
    ])
    expect(headerOf(decode(bytes)).tlvs[0]?.value.buffer).toBe(bytes.buffer)
  })

  it('may have any of the 256 types', () => {
    for (let type = 0; type < 256; type++) {
      const value = type === 0x20 ? '0005 0000000000' : '0004 00000000'
      const answer = decode(headerWith(type.toString(16).padStart(2, '0'), value))
      if (type === 0x03) expect(answer).toEqual({ kind: 'malformed', code: 'crc32c', offset: 31 })
      else expect(answer).toMatchObject({ kind: 'header', header: { tlvs: [{ type }] } })
    }
  })

  it('must fill the header exactly', () => {
    const refused = (offset: number) => ({ kind: 'malformed', code: 'tlv-length', offset })
    expect(feed(headerWith('04'))).toEqual(refused(28))
    expect(feed(headerWith('04 00'))).toEqual(refused(28))
    expect(feed(headerWith('04 0001'))).toEqual(refused(29))
    expect(feed(headerWith('04 ffff 00'))).toEqual(refused(29))
    expect(feed(headerWith('04 0000 04 00'))).toEqual(refused(31))
    expect(feed(headerWith('04 0000 04 0002 00'))).toEqual(refused(32))
  })

  it('are found by type, the first of several', () => {
    const header = headerOf(decode(headerWith('e2 0001 31', 'e2 0001 32')))
    expect(findTlv(header, 0xe2)).toEqual(hex('31'))
    expect(findTlv(header, 0xe3)).toBeUndefined()
  })

  it('have names', () => {
    expect(tlvName(0x04)).toBe('NOOP')
    expect(tlvName(0x28)).toBe('SSL_CLIENT_CERT')
    expect(tlvName(0xea)).toBe('AWS')
    expect(tlvName(0x0f)).toBe('0x0F')
    for (const [name, type] of Object.entries(TLV_TYPES)) expect(tlvName(type)).toBe(name)
  })
})

describe('CRC32C', () => {
  it('is verified where it stands', () => {
    const header = received(crc32cTlv(), authorityTlv('play.example.com'))
    expect(checksum(header)).toBeGreaterThan(0)
    expect(checksum(received())).toBeUndefined()
  })

  it('is wrong as soon as any bit of the header is', () => {
    const pair = { source: { address: '203.0.113.7', port: 1 }, destination: { address: '192.0.2.1', port: 2 } }
    const bytes = encodeV2({ command: 'PROXY', ...pair, tlvs: [{ type: 5, value: hex('0102') }, crc32cTlv()] })
    for (let bit = 16 * 8; bit < bytes.length * 8; bit++) {
      const flipped = Uint8Array.from(bytes)
      flipped[bit >>> 3] = (flipped[bit >>> 3] ?? 0) ^ (1 << (bit & 7))
      const at = bit >>> 3
      // Another type or length of a TLV is another header, without a checksum perhaps.
      if ((at >= 28 && at < 31) || (at >= 33 && at < 36)) continue
      expect(decode(flipped), `bit ${bit}`).toEqual({ kind: 'malformed', code: 'crc32c', offset: 36 })
    }
  })

  it('twice is refused even where both would pass in turn, as they do with HAProxy', () => {
    const bytes = headerWith('03 0004 00000000', '03 0004 00000000')
    expect(feed(bytes)).toEqual({ kind: 'malformed', code: 'crc32c', offset: 31 })
    new DataView(bytes.buffer).setUint32(31, crc32c(bytes, 31))
    expect(feed(bytes)).toEqual({ kind: 'malformed', code: 'crc32c-duplicate', offset: 35 })
  })

  it('of a length other than four is refused', () => {
    for (const value of ['0000', '0003 000000', '0005 0000000000']) {
      expect(feed(headerWith('03', value))).toEqual({ kind: 'malformed', code: 'crc32c-length', offset: 29 })
    }
  })
})

describe('UNIQUE_ID', () => {
  it('holds 128 bytes at most', () => {
    expect(uniqueId(received(uniqueIdTlv(new Uint8Array(128))))).toHaveLength(128)
    expect(uniqueId(received(uniqueIdTlv(new Uint8Array(0))))).toHaveLength(0)
    expect(uniqueId(received())).toBeUndefined()
    expect(feed(headerWith('05 0081', '00'.repeat(129)))).toEqual({
      kind: 'malformed',
      code: 'unique-id-length',
      offset: 29,
    })
  })
})

describe('texts', () => {
  it('are read where they are UTF-8', () => {
    const header = received(authorityTlv('bücher.example'), alpnTlv('h2'), netnsTlv('blue'))
    expect([authority(header), alpn(header), netns(header)]).toEqual(['bücher.example', 'h2', 'blue'])
    expect([authority(received()), alpn(received()), netns(received())]).toEqual([undefined, undefined, undefined])
  })

  it('may hold each ASCII character', () => {
    const text = String.fromCharCode(...Array.from({ length: 128 }, (_, code) => code))
    expect(authority(received(authorityTlv(text)))).toBe(text)
  })

  // Envoy crashed on it (CVE-2024-23324).
  it('that are not UTF-8 are no text, and no error', () => {
    for (const bytes of ['ff', 'c3', 'c0 80', 'ed a0 80', 'f4 90 80 80']) {
      const value = hex(bytes)
      expect(authority(received({ type: TLV_TYPES.AUTHORITY, value }))).toBeUndefined()
    }
  })

  it('with half a surrogate pair cannot be sent', () => {
    expect(() => authorityTlv('\ud800')).toThrow(expect.objectContaining({ code: 'tlv-value' }))
  })
})

describe('SSL', () => {
  const sub = (type: number, text: string): Tlv => ({ type, value: latin1(text) })

  it('says how the client spoke TLS', () => {
    const sent = sslTlv({
      isEncrypted: true,
      hasCertificateInSession: true,
      verify: 0x80000001,
      tlvs: [
        sub(0x21, 'TLSv1.3'),
        sub(0x22, 'client.example'),
        sub(0x23, 'TLS_AES_256_GCM_SHA384'),
        sub(0x24, 'RSA-SHA256'),
        sub(0x25, 'RSA2048'),
        sub(0x26, 'x25519'),
        sub(0x27, 'rsa_pss_rsae_sha256'),
        sub(0x28, '\x30\x82'),
      ],
    })
    expect(ssl(received(sent))).toMatchObject({
      isEncrypted: true,
      hasCertificateOnConnection: false,
      hasCertificateInSession: true,
      verify: 0x80000001,
      version: 'TLSv1.3',
      commonName: 'client.example',
      cipher: 'TLS_AES_256_GCM_SHA384',
      signatureAlgorithm: 'RSA-SHA256',
      keyAlgorithm: 'RSA2048',
      group: 'x25519',
      signatureScheme: 'rsa_pss_rsae_sha256',
      clientCertificate: hex('3082'),
    })
  })

  it('cannot hold a sub-TLV that its length field cannot say', () => {
    expect(() => sslTlv({ tlvs: [{ type: 0x28, value: new Uint8Array(65536) }] })).toThrow(
      expect.objectContaining({ code: 'tlv-value' }),
    )
  })

  it('may hold nothing more than its two numbers, and not less', () => {
    expect(ssl(received(sslTlv({ verify: 1 })))).toMatchObject({ isEncrypted: false, verify: 1, tlvs: [] })
    expect(ssl(received())).toBeUndefined()
    expect(feed(headerWith('20 0004 00000000'))).toEqual({ kind: 'malformed', code: 'ssl-length', offset: 29 })
  })

  it('must add up inside', () => {
    const answer = feed(headerWith('20 0009 0100000000 21 0002 54'))
    expect(answer).toEqual({ kind: 'malformed', code: 'tlv-length', offset: 37 })
    expect(feed(headerWith('20 0007 0100000000 21 00'))).toEqual({ kind: 'malformed', code: 'tlv-length', offset: 36 })
  })

  // 8,100 levels of SSL in SSL exhausted the stack of netty (CVE-2022-41881).
  it('in SSL in SSL is bytes: nobody chooses how deep we go', () => {
    const value = new Uint8Array(65520)
    for (let at = 0; at + 8 <= value.length; at += 8) {
      value[at + 5] = 0x20
      new DataView(value.buffer).setUint16(at + 6, value.length - at - 8)
    }
    const block = concat(hex(IPV4_BLOCK), [0x20, value.length >>> 8, value.length & 0xff], value)
    const header = headerOf(decode(concat(hex(SIGNATURE, '2111'), [block.length >>> 8, block.length & 0xff], block)))
    expect(ssl(header)?.tlvs).toHaveLength(1)
  })
})

describe('the clouds', () => {
  it('are read from their application types, in their own byte orders', () => {
    const header = headerOf(
      decode(headerWith('ea 0007 01 767063652d31', 'ee 0005 01 78563412', 'e0 0008 0123456789abcdef')),
    )
    expect(awsVpcEndpointId(header)).toBe('vpce-1')
    expect(azurePrivateEndpointLinkId(header)).toBe(0x12345678)
    const highest = headerOf(decode(headerWith('ee 0005 01 fdfeffff', 'e0 0008 ffffffffffffffff')))
    expect(azurePrivateEndpointLinkId(highest)).toBe(0xfffffefd)
    expect(gcpPscConnectionId(highest)).toBe(0xffffffffffffffffn)
    expect(gcpPscConnectionId(header)).toBe(0x0123456789abcdefn)
  })

  it('are not there when another application used their types', () => {
    const header = headerOf(decode(headerWith('ea 0002 0278', 'ee 0004 01785634', 'e0 0007 01234567 89abcd')))
    expect(awsVpcEndpointId(header)).toBeUndefined()
    expect(azurePrivateEndpointLinkId(header)).toBeUndefined()
    expect(gcpPscConnectionId(header)).toBeUndefined()
    const empty = headerOf(decode(headerWith('ea 0000', 'ee 0000', 'e0 0000')))
    expect([awsVpcEndpointId(empty), azurePrivateEndpointLinkId(empty), gcpPscConnectionId(empty)]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })
})
