import { describe, expect, it } from 'vitest'
import { type Decoded, decode, encodeV2, ssl } from '../src/index.ts'
import { concat, feed, hex, IPV4_BLOCK, latin1, SIGNATURE } from './feed.ts'

/** Others fell into these; each test says who, and what went wrong there. */
describe('a bug that others had', () => {
  const header = (decoded: Decoded) => {
    if (decoded.kind !== 'header') throw new Error(JSON.stringify(decoded))
    return decoded
  }
  const withBlock = (versionAndFamily: string, block: Uint8Array) =>
    concat(hex(SIGNATURE, versionAndFamily), [block.length >>> 8, block.length & 0xff], block)

  // go-proxyproto 69, 71: a line without LF was read for as long as the peer liked (CVE-2021-23351, CVE-2021-23409).
  it('a line without an end is refused within 107 bytes, at whatever length it is fed', () => {
    for (const start of ['PROXY UNKNOWN ', 'PROXY UNKNOWN \r', 'PROXY UNKNOWN \n']) {
      const endless = latin1(start + 'x'.repeat(300))
      expect(feed(endless)).toEqual({ kind: 'malformed', code: 'line-too-long', offset: 105 })
    }
  })

  // go-proxyproto, found by its fuzzer: 0x13 gave a nil address and a crash in the logger.
  it('byte 14 of 13 is refused, not an address that is not there', () => {
    expect(feed(withBlock('2113', hex(IPV4_BLOCK)))).toEqual({ kind: 'malformed', code: 'transport', offset: 13 })
  })

  // go-proxyproto 12, 61, 62; dovecot 125; kanidm 3866: the block of LOCAL stayed in the stream as payload.
  it('the block of LOCAL is skipped: the payload begins behind it', () => {
    const check = withBlock('2011', new Uint8Array(12))
    expect(feed(concat(check, latin1('payload')))).toMatchObject({ kind: 'header', headerBytes: 28 })
  })

  // trafficserver 12141: TLVs were read to the end of the buffer, payload in the same segment and all.
  it('a payload in the same segment is no TLV, even where it looks like one', () => {
    const bytes = withBlock('2111', hex(IPV4_BLOCK, '04 0001 00'))
    const decoded = header(feed(concat(bytes, hex('05 0002 6964'))))
    expect(decoded.header.tlvs.map((tlv) => tlv.type)).toEqual([0x04])
  })

  // mastercactapus/proxyprotocol 1: a length of 0 with INET crashed.
  it('a family without room for its addresses is refused', () => {
    expect(feed(hex(SIGNATURE, '2112 0000'))).toEqual({ kind: 'malformed', code: 'too-short', offset: 14 })
  })

  // rsync 873, MariaDB 4999 read a signed length; Apache mod_remoteip wrote past its stack (CVE-2019-10097).
  it('a length of 128 and more is a length, in either of its bytes', () => {
    for (const length of [0x7f, 0x80, 0xff, 0x100, 0x17f, 0x180, 0x7fff, 0x8000, 0xff80]) {
      const padding = length - 15
      const block = concat(hex(IPV4_BLOCK, '04'), [padding >>> 8, padding & 0xff], new Uint8Array(padding))
      expect(decode(withBlock('2111', block))).toMatchObject({ kind: 'header', headerBytes: 16 + length })
    }
  })

  // p2pool 399, lavinmq 1646: exactly 12 or 36 bytes were asked for, so every header with TLVs was dropped.
  it('a header may be longer than its addresses', () => {
    expect(feed(withBlock('2111', hex(IPV4_BLOCK, 'e5 0000')))).toMatchObject({ kind: 'header', headerBytes: 31 })
    const ipv6 = concat(new Uint8Array(36), hex('7f 0001 00'))
    expect(feed(withBlock('2121', ipv6))).toMatchObject({ kind: 'header', headerBytes: 56 })
  })

  // freeradius 5667 compared three bytes with CRLF: the line needed a NUL behind it.
  it('a line ends with its LF, whatever comes behind it or nothing', () => {
    const line = latin1('PROXY TCP4 1.2.3.4 5.6.7.8 9 10\r\n')
    expect(feed(line)).toMatchObject({ kind: 'header', headerBytes: line.length })
  })

  // haproxy 3482: an empty TLV was looked at for ever.
  it('empty TLVs come to an end', () => {
    const decoded = header(feed(withBlock('2111', hex(IPV4_BLOCK, '020000'.repeat(50)))))
    expect(decoded.header.tlvs).toHaveLength(50)
  })

  // envoy 42894: of repeated TLVs one was left.
  it('repeated TLVs are all there', () => {
    const decoded = header(feed(withBlock('2111', hex(IPV4_BLOCK, 'ea 0001 01 ea 0001 02'))))
    expect(decoded.header.tlvs.map((tlv) => tlv.value[0])).toEqual([1, 2])
  })

  // envoy 32300 (CVE-2024-23327): a health check of an AWS balancer crashed it when the answer was asked for addresses.
  it('a health check has no addresses to be asked for', () => {
    const decoded = header(feed(withBlock('2011', new Uint8Array(12))))
    expect([decoded.header.source, decoded.header.destination]).toEqual([null, null])
    expect(encodeV2(decoded.header)).toEqual(hex(SIGNATURE, '2000 0000'))
  })

  // apisix 13912, wstunnel 498: nginx writes "unix:" for a destination that has no address.
  it('a destination of "unix:" is refused at its first letter', () => {
    expect(feed(latin1('PROXY TCP4 203.0.113.7 unix: 1 0\r\n'))).toEqual({
      kind: 'malformed',
      code: 'destination-address',
      offset: 23,
    })
  })

  // netty 16866: a malformed TLV was an exception on its way through, with the buffer never given back.
  it('a malformed TLV is a value, wherever it is', () => {
    expect(feed(withBlock('2111', hex(IPV4_BLOCK, '20 0008 0100000000 21 00ff')))).toMatchObject({ kind: 'malformed' })
    expect(ssl({ tlvs: [{ type: 0x20, value: hex('0100000000 21 00ff') }] })?.tlvs).toEqual([])
  })
})
