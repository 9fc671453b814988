import { describe, expect, it } from 'vitest'
import { decode, encodeV2, type MalformedCode } from '../src/index.ts'
import { concat, feed, hex, IPV4_BLOCK, SIGNATURE } from './feed.ts'

function malformed(code: MalformedCode, offset: number) {
  return { kind: 'malformed', code, offset }
}

const ipv4Header = hex(SIGNATURE, '2111 000c', IPV4_BLOCK)

describe('a version 2 header', () => {
  it('gives both end points and its own length', () => {
    expect(feed(ipv4Header)).toEqual({
      kind: 'header',
      headerBytes: 28,
      header: {
        version: 2,
        command: 'PROXY',
        family: 'IPv4',
        transport: 'stream',
        source: { address: '203.0.113.7', port: 54321 },
        destination: { address: '198.51.100.2', port: 25565 },
        tlvs: [],
      },
    })
  })

  it('asks for no byte more than it needs, wherever it is cut', () => {
    for (let cut = 1; cut < ipv4Header.length; cut++) {
      expect(decode(ipv4Header.subarray(0, cut))).toEqual({ kind: 'incomplete', atLeastBytes: cut < 16 ? 16 : 28 })
    }
  })

  it('is refused at the first byte that cannot belong to it', () => {
    for (let at = 0; at < 12; at++) {
      for (let byte = 0; byte < 256; byte++) {
        const bytes = Uint8Array.from(ipv4Header)
        bytes[at] = byte
        if (byte === ipv4Header[at] || (at === 0 && byte === 0x50)) continue
        expect(decode(bytes.subarray(0, at + 1))).toEqual(malformed('no-signature', at))
      }
    }
  })

  it('has version 2 and one of two commands in byte 13, whatever the other 254 values are', () => {
    for (let byte = 0; byte < 256; byte++) {
      const answer = feed(hex(SIGNATURE, byte.toString(16).padStart(2, '0')))
      if (byte >>> 4 !== 2) expect(answer).toEqual(malformed('version', 12))
      else if (byte > 0x21) expect(answer).toEqual(malformed('command', 12))
      else expect(answer).toEqual({ kind: 'incomplete', atLeastBytes: 16 })
    }
  })

  // 0x13 gave a nil address and a crash in the logger (go-proxyproto), 41 and 13 are accepted by nginx.
  it('has a family and a transport in byte 14: twelve values in four kinds, 244 refused', () => {
    const blocks: Record<number, string> = { 1: 'IPv4', 2: 'IPv6', 3: 'unix' }
    const transports = ['unspecified', 'stream', 'datagram']
    for (let byte = 0; byte < 256; byte++) {
      const bytes = concat(hex(SIGNATURE, '21', byte.toString(16).padStart(2, '0'), '00d8'), new Uint8Array(216))
      // 216 bytes hold any address block; behind a shorter one they are empty TLVs of type 0.
      const answer = decode(bytes)
      const [family, transport] = [byte >>> 4, byte & 0xf]
      if (family > 3) expect(answer).toEqual(malformed('address-family', 13))
      else if (transport > 2) expect(answer).toEqual(malformed('transport', 13))
      else {
        expect(answer).toMatchObject({
          kind: 'header',
          headerBytes: 232,
          header: {
            command: 'PROXY',
            family: transport === 0 ? 'unspecified' : (blocks[family] ?? 'unspecified'),
            transport: transports[transport],
          },
        })
      }
    }
  })

  it('is refused over the limit before a byte of its block has come', () => {
    expect(feed(hex(SIGNATURE, '2111 0209'), { limitBytes: 536 })).toEqual(malformed('too-long', 14))
    expect(feed(hex(SIGNATURE, '2111 0208'), { limitBytes: 536 })).toEqual({ kind: 'incomplete', atLeastBytes: 536 })
    expect(feed(hex(SIGNATURE, '2000 ffff'), { limitBytes: 536 })).toEqual(malformed('too-long', 14))
  })

  it('is refused over the limit by the upper byte of its length where that is enough', () => {
    expect(feed(hex(SIGNATURE, '2111 03'), { limitBytes: 536 })).toEqual(malformed('too-long', 14))
    expect(feed(hex(SIGNATURE, '2111 02'), { limitBytes: 536 })).toMatchObject({ kind: 'incomplete' })
    // Not before that byte has come, even where no header could be short enough.
    expect(feed(hex(SIGNATURE, '2111'), { limitBytes: 15 })).toMatchObject({ kind: 'incomplete' })
    expect(feed(hex(SIGNATURE, '2111 00'), { limitBytes: 15 })).toEqual(malformed('too-long', 14))
  })

  it('may be 65,551 bytes long', () => {
    const bytes = concat(hex(SIGNATURE, '2111 ffff', IPV4_BLOCK, '04 fff0'), new Uint8Array(65520))
    expect(bytes.length).toBe(65551)
    expect(decode(bytes)).toMatchObject({ kind: 'header', headerBytes: 65551 })
    expect(decode(bytes.subarray(0, 65550))).toEqual({ kind: 'incomplete', atLeastBytes: 65551 })
    expect(decode(bytes, { limitBytes: 65550 })).toEqual(malformed('too-long', 14))
  })

  it('is refused when its length is shorter than its addresses, before they come', () => {
    for (const [family, bytes] of [
      ['11', 12],
      ['12', 12],
      ['21', 36],
      ['22', 36],
      ['31', 216],
      ['32', 216],
    ] as const) {
      for (const length of [0, 1, bytes - 1]) {
        const text = length.toString(16).padStart(4, '0')
        expect(feed(hex(SIGNATURE, '21', family, text))).toEqual(malformed('too-short', 14))
      }
    }
  })

  it('names the fault at the lowest offset', () => {
    expect(feed(hex(SIGNATURE, '1f 44 ffff'), { limitBytes: 536 })).toEqual(malformed('version', 12))
    expect(feed(hex(SIGNATURE, '2f 44 ffff'), { limitBytes: 536 })).toEqual(malformed('command', 12))
    expect(feed(hex(SIGNATURE, '21 44 ffff'), { limitBytes: 536 })).toEqual(malformed('address-family', 13))
    expect(feed(hex(SIGNATURE, '21 14 ffff'), { limitBytes: 536 })).toEqual(malformed('transport', 13))
    expect(feed(hex(SIGNATURE, '21 11 0009'), { limitBytes: 20 })).toEqual(malformed('too-long', 14))
  })
})

describe('LOCAL', () => {
  it('has no end points and its block is skipped, whatever byte 14 and the block are', () => {
    for (let byte = 0; byte < 256; byte++) {
      const answer = decode(hex(SIGNATURE, '20', byte.toString(16).padStart(2, '0'), '0005', '03 0004 ffff'))
      expect(answer).toEqual({
        kind: 'header',
        headerBytes: 21,
        header: {
          version: 2,
          command: 'LOCAL',
          family: 'unspecified',
          transport: 'unspecified',
          source: null,
          destination: null,
          tlvs: [],
        },
      })
    }
  })

  it.each([0, 5, 12, 36, 216])(
    'with TCP over IPv4 in byte 14 and %i bytes behind its length skips them all',
    (length) => {
      const bytes = concat(hex(SIGNATURE, '2011', length.toString(16).padStart(4, '0')), new Uint8Array(length))
      expect(feed(bytes)).toMatchObject({ kind: 'header', headerBytes: 16 + length, header: { source: null } })
    },
  )
})

describe('PROXY without a family', () => {
  it.each(['00', '01', '02', '10', '20', '30'])('(%s) has no end points and no TLVs', (family) => {
    const bytes = hex(SIGNATURE, '21', family, '0009 ffffffff 03 0004 0000')
    expect(feed(bytes)).toMatchObject({
      kind: 'header',
      headerBytes: 25,
      header: { command: 'PROXY', family: 'unspecified', source: null, destination: null, tlvs: [] },
    })
  })
})

describe('onlyTcp', () => {
  it('refuses PROXY at byte 14 unless it is 11 or 21, even where its length is wrong too', () => {
    for (let byte = 0; byte < 256; byte++) {
      const answer = feed(hex(SIGNATURE, '21', byte.toString(16).padStart(2, '0')), { onlyTcp: true })
      if (byte === 0x11 || byte === 0x21) expect(answer).toMatchObject({ kind: 'incomplete' })
      else expect(answer).toMatchObject({ kind: 'malformed', offset: 13 })
    }
    expect(feed(hex(SIGNATURE, '2131 0000'), { onlyTcp: true })).toEqual(malformed('address-family', 13))
  })

  it('leaves LOCAL and UNKNOWN', () => {
    expect(feed(hex(SIGNATURE, '2031 0000'), { onlyTcp: true })).toMatchObject({ kind: 'header' })
    expect(feed(Buffer.from('PROXY UNKNOWN\r\n'), { onlyTcp: true })).toMatchObject({ kind: 'header' })
  })
})

describe('versions', () => {
  it('names a header of the other version, once its signature is there', () => {
    const line = Buffer.from('PROXY TCP4 1.2.3.4 5.6.7.8 9 10\r\n')
    expect(feed(line, { versions: [2] })).toEqual(malformed('version-refused', 0))
    expect(decode(line.subarray(0, 4), { versions: [2] }).kind).toBe('incomplete')
    expect(decode(line.subarray(0, 5), { versions: [2] }).kind).toBe('malformed')
    expect(feed(line, { versions: [1] })).toMatchObject({ kind: 'header' })
    expect(feed(ipv4Header, { versions: [1] })).toEqual(malformed('version-refused', 0))
    expect(feed(ipv4Header, { versions: [1, 2] })).toMatchObject({ kind: 'header' })
  })
})

describe('unix end points', () => {
  const unix = (source: string, destination: string) => {
    const block = new Uint8Array(216)
    block.set(Buffer.from(source, 'latin1'))
    block.set(Buffer.from(destination, 'latin1'), 108)
    return concat(hex(SIGNATURE, '2131 00d8'), block)
  }

  it.each([
    ['/run/a.sock', '/run/a.sock'],
    ['/run/a.sock\0garbage', '/run/a.sock'],
    ['', ''],
    ['\0abstract\0name', '\0abstract\0name'],
    ['x'.repeat(108), 'x'.repeat(108)],
    ['/\xc3\xa4', '/ä'],
    ['/\xe4', '/\ufffd'],
    ['/\x7f\x80', '/\x7f\ufffd'],
  ])('%j reads as %j and is encoded as it came', (received, path) => {
    const bytes = unix(received, '/b')
    const answer = feed(bytes)
    expect(answer).toMatchObject({ header: { family: 'unix', source: { path }, destination: { path: '/b' } } })
    if (answer.kind === 'header') expect(encodeV2(answer.header)).toEqual(bytes)
  })
})
