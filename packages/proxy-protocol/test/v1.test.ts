import { describe, expect, it } from 'vitest'
import { encodeV1, type MalformedCode } from '../src/index.ts'
import { feed, latin1 } from './feed.ts'

function line(text: string) {
  return feed(latin1(text))
}

function malformed(code: MalformedCode, offset: number) {
  return { kind: 'malformed', code, offset }
}

describe('a version 1 line', () => {
  it('gives both end points and its own length', () => {
    expect(line('PROXY TCP4 203.0.113.7 198.51.100.2 54321 25565\r\n')).toEqual({
      kind: 'header',
      headerBytes: 49,
      header: {
        version: 1,
        command: 'PROXY',
        family: 'IPv4',
        transport: 'stream',
        source: { address: '203.0.113.7', port: 54321 },
        destination: { address: '198.51.100.2', port: 25565 },
        tlvs: [],
      },
    })
  })

  it.each([
    'PROXY TCP4 192.0.2.1 192.0.2.2 123 5678\r\n',
    'PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n',
    'PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n',
    'PROXY TCP4 0.0.0.0 0.0.0.0 0 0\r\n',
    'PROXY TCP6 2001:Db8::1 2001:Db8::2 123 5678\r\n',
    'PROXY TCP6 :: :: 0 0\r\n',
    'PROXY TCP6 ::ffff:1.2.3.4 ::ffff:5.6.7.8 1 2\r\n',
    'PROXY TCP6 1:2:3:4:5:6:1.2.3.4 ::1 1 2\r\n',
    'PROXY TCP6 1:2:3:4:5:6:7:: ::2:3:4:5:6:7:8 1 2\r\n',
    'PROXY TCP6 0001:0002:0003:0004:0005:0006:0007:0008 ::1 1 2\r\n',
    'PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n',
    'PROXY UNKNOWN\r\n',
    'PROXY UNKNOWN \r\n',
    'PROXY UNKNOWN 1 2 3 4 5 6\r\n',
    'PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n',
    'PROXY UNKNOWN a bare \n or \r, a NUL \0 and \xff end nothing \r\r\n',
  ])('is accepted: %j', (text) => {
    expect(line(text)).toMatchObject({ kind: 'header', headerBytes: text.length })
  })

  it.each<[string, MalformedCode, number]>([
    // the word
    ['PROXY\r\n', 'protocol-word', 5],
    ['PROXY \r\n', 'protocol-word', 6],
    ['PROXY \n', 'protocol-word', 6],
    ['PROXYTCP4 1.2.3.4 5.6.7.8 9 10\r\n', 'protocol-word', 5],
    ['PROXYjunk TCP4 1.2.3.4 5.6.7.8 9 10\r\n', 'protocol-word', 5],
    ['PROXY SOMETHING\r\n', 'protocol-word', 6],
    ['PROXY UDP4 1.2.3.4 5.6.7.8 9 10\r\n', 'protocol-word', 7],
    ['PROXY TCP7 1.2.3.4 5.6.7.8 9 10\r\n', 'protocol-word', 9],
    ['PROXY TCP4\r\n', 'protocol-word', 10],
    ['PROXY TCP44 1.2.3.4 5.6.7.8 9 10\r\n', 'protocol-word', 10],
    ['PROXY UNKNOWNX\r\n', 'protocol-word', 13],
    ['PROXY UNKNOWN\n', 'protocol-word', 13],
    ['PROXY UNKNOWN\0\r\n', 'protocol-word', 13],
    ['PROXY UNKNOWN\rX', 'line-end', 14],
    // addresses
    ['PROXY TCP4 01.2.3.4 5.6.7.8 9 10\r\n', 'source-address', 12],
    ['PROXY TCP4 256.2.3.4 5.6.7.8 9 10\r\n', 'source-address', 13],
    ['PROXY TCP4 299.168.0.1 5.6.7.8 9 10\r\n', 'source-address', 13],
    ['PROXY TCP4 1.2.3 5.6.7.8 9 10\r\n', 'source-address', 16],
    ['PROXY TCP4 1..3.4 5.6.7.8 9 10\r\n', 'source-address', 13],
    ['PROXY TCP4 1.2.3.4. 5.6.7.8 9 10\r\n', 'source-address', 18],
    ['PROXY TCP4 +1.2.3.4 5.6.7.8 9 10\r\n', 'source-address', 11],
    ['PROXY TCP4 1.2.3.4\0 5.6.7.8 9 10\r\n', 'source-address', 18],
    ['PROXY TCP4 ::ffff:1.2.3.4 ::ffff:5.6.7.8 9 10\r\n', 'source-address', 11],
    ['PROXY TCP6 192.0.2.1 192.0.2.2 9 10\r\n', 'source-address', 14],
    ['PROXY TCP6 r001:0db8:: ::1 9 10\r\n', 'source-address', 11],
    ['PROXY TCP6 fe80::1%lo ::1 9 10\r\n', 'source-address', 18],
    ['PROXY TCP6 [::1] ::1 9 10\r\n', 'source-address', 11],
    ['PROXY TCP6 ::fff\0:1.2.3.4 ::1 9 10\r\n', 'source-address', 16],
    ['PROXY TCP6 1:2:3:4:5:6:7:8:9 ::1 9 10\r\n', 'source-address', 26],
    ['PROXY TCP6 1:2:3:4:5:6:7 ::1 9 10\r\n', 'source-address', 24],
    ['PROXY TCP6 1:2:3:4:5:6:7::8 ::1 9 10\r\n', 'source-address', 26],
    ['PROXY TCP6 1::2::3 ::1 9 10\r\n', 'source-address', 16],
    ['PROXY TCP6 :::1 ::1 9 10\r\n', 'source-address', 13],
    ['PROXY TCP6 ::2:3:4:5:6:7:8: ::1 9 10\r\n', 'source-address', 26],
    ['PROXY TCP6 1::3:4:5:6:7:8: ::1 9 10\r\n', 'source-address', 25],
    ['PROXY TCP6 :1::2 ::1 9 10\r\n', 'source-address', 12],
    ['PROXY TCP6 12345:: ::1 9 10\r\n', 'source-address', 15],
    ['PROXY TCP6 ::1.2.3.04 ::1 9 10\r\n', 'source-address', 20],
    ['PROXY TCP6 ::a.2.3.4 ::1 9 10\r\n', 'source-address', 14],
    ['PROXY TCP6  ::1 ::1 9 10\r\n', 'source-address', 11],
    ['PROXY TCP4 1.2.3.4 unix: 9 10\r\n', 'destination-address', 19],
    ['PROXY TCP4 1.2.3.4 /run/x 9 10\r\n', 'destination-address', 19],
    ['PROXY TCP4 1.2.3.4 5.6.7 9 10\r\n', 'destination-address', 24],
    ['PROXY TCP4 1.2.3.4\r\n', 'source-address', 18],
    // ports and the end
    ['PROXY TCP4 1.2.3.4 5.6.7.8 80000 10\r\n', 'source-port', 31],
    ['PROXY TCP4 1.2.3.4 5.6.7.8 65536 10\r\n', 'source-port', 31],
    ['PROXY TCP4 1.2.3.4 5.6.7.8 +80 10\r\n', 'source-port', 27],
    ['PROXY TCP4 1.2.3.4 5.6.7.8 080 10\r\n', 'source-port', 28],
    ['PROXY TCP4 1.2.3.4 5.6.7.8 9\r\n', 'source-port', 28],
    ['PROXY TCP4 1.2.3.4 5.6.7.8 9 \r\n', 'destination-port', 29],
    ['PROXY TCP4 1.2.3.4 5.6.7.8 9 01\r\n', 'destination-port', 30],
    ['PROXY TCP4 1.2.3.4 5.6.7.8 9 10 \r\n', 'line-end', 31],
    ['PROXY TCP4 1.2.3.4 5.6.7.8 9 10 11\r\n', 'line-end', 31],
    ['PROXY TCP6 ::1 ::2 1 2 3\r\n', 'line-end', 22],
    ['PROXY TCP4 1.2.3.4 5.6.7.8 9 10\n', 'line-end', 31],
    ['PROXY TCP4 1.2.3.4 5.6.7.8 9 10\rX', 'line-end', 32],
    ['PROXY TCP4 1.2.3.4 5.6.7.8 9 10\r\r\n', 'line-end', 32],
    [`PROXY TCP4 1.2.3.4 5.6.7.8 ${'0'.repeat(70)}443 10\r\n`, 'source-port', 28],
  ])('is refused: %j, %s at byte %i', (text, code, offset) => {
    expect(line(text)).toEqual(malformed(code, offset))
  })

  it('is refused where its CRLF can no longer come within 107 bytes', () => {
    const longest = `PROXY UNKNOWN ${'x'.repeat(91)}`
    expect(line(`${longest}\r\n`)).toMatchObject({ kind: 'header', headerBytes: 107 })
    expect(line(`${longest}x\r\n`)).toEqual(malformed('line-too-long', 105))
    expect(line(`${longest}\rx\r\n`)).toEqual(malformed('line-too-long', 106))
    // Every field is right, and HAProxy 2.6 takes it; the specification's buffer does not.
    const ipv6 = 'ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255'
    expect(line(`PROXY TCP6 ${ipv6} ${ipv6} 65535 65535\r\n`)).toEqual(malformed('line-too-long', 105))
  })

  it('is refused over a limit of the caller as too long, not as a long line', () => {
    const bytes = latin1('PROXY TCP4 1.2.3.4 5.6.7.8 9 10\r\n')
    expect(feed(bytes, { limitBytes: 33 })).toMatchObject({ kind: 'header' })
    expect(feed(bytes, { limitBytes: 32 })).toEqual(malformed('too-long', 30))
    expect(feed(bytes, { limitBytes: 0 })).toEqual(malformed('too-long', 5))
  })

  // nginx writes such lines where its own address is of the other family (nginx issue 1609); strict decoders drop them.
  it.each([
    ['PROXY TCP6 2001:db8::1 127.0.0.1 1234 8083\r\n', '2001:db8::1', '::ffff:127.0.0.1'],
    ['PROXY TCP4 203.0.113.7 ::1 1234 8083\r\n', '::ffff:203.0.113.7', '::1'],
    ['PROXY TCP4 203.0.113.7 ::ffff:127.0.0.1 1234 8083\r\n', '::ffff:203.0.113.7', '::ffff:127.0.0.1'],
    // Until its colon it may be either: digits first, and more than an octet.
    ['PROXY TCP4 203.0.113.7 2001:db8::1 1234 8083\r\n', '::ffff:203.0.113.7', '2001:db8::1'],
    ['PROXY TCP4 203.0.113.7 19:: 1234 8083\r\n', '::ffff:203.0.113.7', '19::'],
    ['PROXY TCP6 19::1 192.0.2.1 1234 8083\r\n', '19::1', '::ffff:192.0.2.1'],
  ])('with a destination of the other family is an IPv6 pair: %j', (text, source, destination) => {
    expect(line(text)).toMatchObject({
      header: {
        family: 'IPv6',
        source: { address: source, port: 1234 },
        destination: { address: destination, port: 8083 },
      },
    })
  })

  it('says how many bytes it needs at least', () => {
    const needs: [string, number][] = [
      ['', 15],
      ['PROXY', 15],
      ['PROXY T', 22],
      ['PROXY TCP4', 27],
      ['PROXY TCP4 203.0.113.7 198.51.100.2 54321 25565', 49],
      ['PROXY TCP4 203.0.113.7 198.51.100.2 54321 25565\r', 49],
      ['PROXY UNKNOWN', 15],
      ['PROXY UNKNOWN\r', 15],
      ['PROXY UNKNOWN x\r', 17],
      ['PROXY UNKNOWN x\ry', 19],
    ]
    for (const [text, atLeastBytes] of needs) expect(line(text)).toEqual({ kind: 'incomplete', atLeastBytes })
  })

  it('takes each of the 256 values of a byte that is free, and only CRLF ends it', () => {
    for (let byte = 0; byte < 256; byte++) {
      const text = `PROXY UNKNOWN ${String.fromCharCode(byte)}.\r\n`
      expect(line(text), `byte ${byte}`).toMatchObject({ kind: 'header', headerBytes: text.length })
    }
  })

  it('has one character after the port digits, whatever the other 255 are', () => {
    for (let byte = 0; byte < 256; byte++) {
      const answer = line(`PROXY TCP4 1.2.3.4 5.6.7.8 9 1${String.fromCharCode(byte)}`)
      const goesOn = byte === 0x0d || (byte >= 0x30 && byte <= 0x39)
      expect(answer, `byte ${byte}`).toMatchObject(goesOn ? { kind: 'incomplete' } : malformed('line-end', 30))
    }
  })
})

describe('encodeV1', () => {
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')
  const ipv4 = { address: '203.0.113.7', port: 54321 }
  const ipv6 = { address: '2001:DB8:0:0::1', port: 25565 }

  it('writes the three words', () => {
    expect(text(encodeV1({ command: 'PROXY', source: ipv4, destination: ipv4 }))).toBe(
      'PROXY TCP4 203.0.113.7 203.0.113.7 54321 54321\r\n',
    )
    expect(text(encodeV1({ command: 'PROXY', source: ipv4, destination: ipv4, tlvs: [] }))).toMatch(/^PROXY TCP4 /)
    const ends = { source: { address: '0.0.0.0', port: 0 }, destination: { address: '255.255.255.255', port: 65535 } }
    expect(text(encodeV1({ command: 'PROXY', ...ends }))).toBe('PROXY TCP4 0.0.0.0 255.255.255.255 0 65535\r\n')
    expect(text(encodeV1({ command: 'PROXY', source: ipv6, destination: ipv6 }))).toBe(
      'PROXY TCP6 2001:db8::1 2001:db8::1 25565 25565\r\n',
    )
    expect(text(encodeV1({ command: 'PROXY', source: null, destination: null }))).toBe('PROXY UNKNOWN\r\n')
    expect(text(encodeV1({ command: 'LOCAL' }))).toBe('PROXY UNKNOWN\r\n')
  })

  it('maps the IPv4 side of a mixed pair', () => {
    expect(text(encodeV1({ command: 'PROXY', source: ipv4, destination: ipv6 }))).toBe(
      'PROXY TCP6 ::ffff:203.0.113.7 2001:db8::1 54321 25565\r\n',
    )
    expect(text(encodeV1({ command: 'PROXY', source: ipv6, destination: ipv4 }))).toBe(
      'PROXY TCP6 2001:db8::1 ::ffff:203.0.113.7 25565 54321\r\n',
    )
  })

  it('refuses what version 1 cannot say', () => {
    const pair = { command: 'PROXY', source: ipv4, destination: ipv4 } as const
    const unix = { command: 'PROXY', source: { path: '/a' }, destination: { path: '/b' } } as const
    const refusal = (code: string) => expect.objectContaining({ name: 'ProxyProtocolError', code })
    expect(() => encodeV1({ ...pair, transport: 'datagram' })).toThrow(refusal('not-in-version-1'))
    expect(() => encodeV1({ ...pair, tlvs: [{ type: 4, value: new Uint8Array(1) }] })).toThrow(
      refusal('not-in-version-1'),
    )
    expect(() => encodeV1(unix)).toThrow(refusal('not-in-version-1'))
    for (const port of [-1, 65536, 1.5, Number.NaN]) {
      expect(() => encodeV1({ ...pair, source: { address: '1.2.3.4', port } })).toThrow(refusal('port'))
    }
    for (const address of ['', 'localhost', '1.2.3', '01.2.3.4', 'fe80::1%lo', '[::1]', '1.2.3.4\r\n']) {
      expect(() => encodeV1({ ...pair, destination: { address, port: 1 } })).toThrow(refusal('address'))
    }
  })
})
