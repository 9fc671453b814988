import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeHandshake, encodeHandshake, type Handshake, type Intent, rewriteHost } from '../src/index.ts'
import { feed, feedRefused } from './feed.ts'
import { hex, join, toHex } from './hex.ts'

function handshakeOf(frame: Uint8Array): Handshake {
  const result = feed(decodeHandshake, frame)
  if (result.kind !== 'decoded') throw new Error(`not a handshake: ${JSON.stringify(result)}`)
  return result.value
}

function refusalOf(frame: Uint8Array) {
  return feedRefused(decodeHandshake, frame).refusal
}

describe('a handshake', () => {
  it.each<[string, string, Partial<Handshake>]>([
    ['status', '10008206096c6f63616c686f737463dd01', { protocolVersion: 770, host: 'localhost', intent: 'status' }],
    ['login', '13002f0d612e6578616d706c652e636f6d63dd02', { protocolVersion: 47, intent: 'login' }],
    ['transfer', '1400ff050d612e6578616d706c652e636f6d63dd03', { protocolVersion: 767, intent: 'transfer' }],
    ['trailing dot', '1500ff050e612e6578616d706c652e636f6d2e63dd02', { host: 'a.example.com.' }],
    ['FML', '1900d40212612e6578616d706c652e636f6d00464d4c0063dd02', { protocolVersion: 340, markers: known('FML') }],
    ['FML2', '1a00f20513612e6578616d706c652e636f6d00464d4c320063dd02', { markers: known('FML2') }],
    ['FML3', '1a00fb0513612e6578616d706c652e636f6d00464d4c330063dd02', { markers: known('FML3') }],
    ['FORGE', '1a00fc0513612e6578616d706c652e636f6d00464f52474563dd02', { markers: known('FORGE') }],
    ['protocol −1', '1700ffffffff0f0d612e6578616d706c652e636f6d63dd01', { protocolVersion: -1, intent: 'status' }],
  ])('is read: %s', (_, digits, expected) => {
    const handshake = handshakeOf(hex(digits))
    expect(handshake).toMatchObject({ host: 'a.example.com', port: 25565, suffix: '', ...expected })
    expect(toHex(handshake.frame)).toBe(digits)
  })

  it('leaves the packets that arrived with it', () => {
    const both = hex('10008206096c6f63616c686f737463dd01', '0100')
    expect(decodeHandshake(both)).toMatchObject({ kind: 'decoded', consumedBytes: 17 })
  })

  // Others read the length as one byte.
  it('may be longer than 127 bytes, with a length of two', () => {
    const host = `${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.example.com`
    const frame = encodeHandshake({ protocolVersion: 767, address: host, port: 25565, intent: 'login' })
    expect(frame[0]).toBeGreaterThan(0x7f)
    expect(handshakeOf(frame).host).toBe(host)
  })

  it('may have an address of 255 characters of three bytes each', () => {
    const frame = encodeHandshake({ protocolVersion: -1, address: '漢'.repeat(255), port: 65535, intent: 'transfer' })
    expect(handshakeOf(frame)).toMatchObject({ host: '漢'.repeat(255), port: 65535 })
  })

  it('keeps a byte order mark at the start of its address', () => {
    const frame = encodeHandshake({ protocolVersion: 4, address: '\uFEFFa.example.com', port: 1, intent: 'login' })
    expect(handshakeOf(frame).address).toBe('\uFEFFa.example.com')
  })

  // The address that came last is looked at first: the bytes of the second here are the characters of the first.
  it('has the address that was sent, whatever was sent before', () => {
    const addressAfter = (...addresses: readonly string[]): string | undefined =>
      addresses
        .map((address) => encodeHandshake({ protocolVersion: 4, address, port: 1, intent: 'login' }))
        .map((frame) => handshakeOf(frame))
        .at(-1)?.address
    expect(addressAfter('\u00c3\u00bc.example', '\u00fc.example')).toBe('\u00fc.example')
    expect(addressAfter('a.example', 'b.example')).toBe('b.example')
    expect(addressAfter('a.example\0FML\0', 'a.example\0FMM\0')).toBe('a.example\0FMM\0')
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom('a', '.', '\0', '\u00c3', '\u00bc', '\u00fc'), maxLength: 3 })),
        (all) => {
          if (all.length > 0) expect(addressAfter(...all)).toBe(all.at(-1))
        },
      ),
    )
  })

  it('knows its intent by each of 256 bytes, or refuses it', () => {
    const intents: Record<number, Intent> = { 1: 'status', 2: 'login', 3: 'transfer' }
    for (let byte = 0; byte < 0x80; byte++) {
      const result = decodeHandshake(hex('07 00 2f 01 61 63dd', byte.toString(16).padStart(2, '0')))
      const intent = intents[byte]
      if (intent === undefined) expect(result).toEqual({ kind: 'malformed', code: 'intent', offset: 7 })
      else expect(result).toMatchObject({ kind: 'decoded', value: { intent } })
    }
    for (let byte = 0x80; byte < 0x100; byte++) {
      expect(refusalOf(hex('07 00 2f 01 61 63dd', byte.toString(16)))).toMatchObject({ code: 'past-end', offset: 7 })
    }
  })

  it('is refused at its packet id by everything that is no handshake', () => {
    // A PROXY header of version 2 and of version 1, TLS, HTTP.
    for (const digits of ['0d0a0d0a000d0a', '50524f58592054435034', '16030100', '474554202f']) {
      const { refusal, afterBytes } = feedRefused(decodeHandshake, hex(digits))
      expect(refusal).toEqual({ kind: 'malformed', code: 'packet-id', offset: 1 })
      expect(afterBytes).toBe(2)
    }
  })

  it.each([
    ['an empty frame', '00', 'past-end', 1],
    ['a frame that ends in a field', '05 00 2f 01 61 63', 'past-end', 5],
    ['a frame that ends in a VarInt', '02 00 ff 0f', 'past-end', 2],
    ['bytes after the intent', '08 00 2f 01 61 63dd 02 00', 'trailing-bytes', 8],
    ['an address that goes past the frame', '07 00 2f 40', 'past-end', 4],
    ['a negative address length', '0b 00 2f ffffffff0f 63dd 02', 'string-length', 3],
    ['an address over 12,288 bytes', '9860 00 2f 8160', 'frame-too-long', 0],
    ['an address that is not UTF-8', '07 00 2f 01 ff 63dd 02', 'utf-8', 4],
    ['an overlong NUL in the address', '08 00 2f 02 c080 63dd 02', 'utf-8', 4],
    ['a protocol version of six bytes', '0c 00 ffffffffff', 'varint-too-long', 6],
  ])('is refused: %s', (_, digits, code, offset) => {
    expect(refusalOf(hex(digits))).toEqual({ kind: 'malformed', code, offset })
  })

  // Geyser's players were refused: their address has 344 to 464 characters, and filtering services append to it.
  it('may have an address of 4,096 characters, of which 255 are the host', () => {
    const address = `${'a'.repeat(255)}///203.0.113.7:54321///1700000000\0FML2\0^Floodgate^${'A'.repeat(1_740)}`
    const padded = `${address}${'B'.repeat(4_096 - address.length)}`
    const frame = encodeHandshake({ protocolVersion: 767, address: padded, port: 25565, intent: 'login' })
    expect(decodeHandshake(frame)).toMatchObject({
      value: { host: 'a'.repeat(255), markers: { kind: 'known' }, address: padded },
    })
  })

  it('is refused when its host has 256 characters', () => {
    const host = (count: number) => join(hex('8702 00 2f 8102'), new Uint8Array(count).fill(0x61), hex('00 63dd 02'))
    expect(decodeHandshake(host(256))).toMatchObject({ kind: 'malformed', code: 'string-length', offset: 4 })
  })

  it('is refused when its address has more than 12,288 bytes, before they have come', () => {
    const { afterBytes } = feedRefused(decodeHandshake, hex('9060 00 2f 8160 6161'))
    expect(afterBytes).toBe(6)
  })

  it('is the same again after encoding and decoding', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        fc.integer({ min: 0, max: 0xffff }),
        fc.constantFrom<Intent>('status', 'login', 'transfer'),
        (protocolVersion, address, port, intent) => {
          fc.pre(address.length <= 255)
          const values = { protocolVersion, address, port, intent }
          expect(handshakeOf(encodeHandshake(values))).toMatchObject(values)
        },
      ),
    )
  })

  it('cannot be encoded with a longer address, another port or another number', () => {
    const values = { protocolVersion: 47, address: 'a', port: 25565, intent: 'login' } as const
    expect(() => encodeHandshake({ ...values, address: 'a'.repeat(4_097) })).toThrow(/address of 4097 characters/)
    for (const port of [-1, 65536, 1.5]) expect(() => encodeHandshake({ ...values, port })).toThrow(`port ${port}`)
    expect(() => encodeHandshake({ ...values, protocolVersion: 2 ** 40 })).toThrow(/outside/)
  })
})

describe('a handshake with another host', () => {
  // Others lost the markers and the transfer intent here.
  it.each([
    ['FML', '1900d40212612e6578616d706c652e636f6d00464d4c0063dd02'],
    ['FORGE', '1a00fc0513612e6578616d706c652e636f6d00464f52474563dd02'],
    ['transfer', '1400ff050d612e6578616d706c652e636f6d63dd03'],
  ])('keeps everything else: %s', (_, digits) => {
    const before = handshakeOf(hex(digits))
    const after = handshakeOf(rewriteHost(before, 'lobby') ?? new Uint8Array(0))
    expect(after).toEqual({
      ...before,
      host: 'lobby',
      address: before.address.replace('a.example.com', 'lobby'),
      frame: after.frame,
    })
  })

  it('keeps fields that are longer than they need be, byte for byte', () => {
    // Frame length, packet id, version, address length and intent each have a byte too many.
    const frame = hex('8c00 8000 af00 8100 61 63dd 8200', '').slice(0)
    const padded = join(Uint8Array.of(0x80 | (frame.length - 2), 0), frame.subarray(2))
    const rewritten = rewriteHost(handshakeOf(padded), 'bc')
    expect(toHex(rewritten)).toBe(`0b${'8000'}${'af00'}${'02'}${'6263'}${'63dd'}${'8200'}`)
  })

  it('keeps what a filtering service appended', () => {
    const address = 'a.example.com///203.0.113.7:54321///1700000000\0FML3\0'
    const frame = encodeHandshake({ protocolVersion: 763, address, port: 25565, intent: 'login' })
    const rewritten = handshakeOf(rewriteHost(handshakeOf(frame), 'b.example.org') ?? new Uint8Array(0))
    expect(rewritten.address).toBe('b.example.org///203.0.113.7:54321///1700000000\0FML3\0')
  })

  it('may have one of 255 characters, where nothing follows it', () => {
    const frame = encodeHandshake({ protocolVersion: 763, address: 'a', port: 25565, intent: 'login' })
    expect(handshakeOf(rewriteHost(handshakeOf(frame), 'b'.repeat(255)) ?? new Uint8Array(0)).host).toHaveLength(255)
  })

  it('may be long with what Floodgate appends, also where that makes the address longer than vanilla takes', () => {
    for (const count of [230, 464]) {
      const address = `a\0^Floodgate^${'A'.repeat(count)}`
      const frame = encodeHandshake({ protocolVersion: 763, address, port: 25565, intent: 'login' })
      const rewritten = decodeHandshake(rewriteHost(handshakeOf(frame), 'a-long-name.example.com') ?? frame)
      expect(rewritten).toMatchObject({ value: { address: `a-long-name.example.com${address.slice(1)}` } })
    }
  })

  it('is none where a vanilla server would refuse it, or its markers leave no room', () => {
    const forge = encodeHandshake({ protocolVersion: 340, address: 'a\0FML\0', port: 25565, intent: 'login' })
    expect(rewriteHost(handshakeOf(forge), 'a'.repeat(251))).toBeUndefined()
    const address = `a\0^Floodgate^${'A'.repeat(4_078)}`
    const frame = encodeHandshake({ protocolVersion: 763, address, port: 25565, intent: 'login' })
    expect(rewriteHost(handshakeOf(frame), 'a-long-name.example.com')).toBeUndefined()
    expect(() => rewriteHost(handshakeOf(frame), 'a'.repeat(256))).toThrow(/host of 256/)
  })

  it('differs in its host and in nothing else, whatever the two are', () => {
    const host = fc.stringMatching(/^[a-z漢.-]{0,40}$/)
    fc.assert(
      fc.property(host, host, fc.constantFrom('', '\0FML\0', '///x\0FORGE2'), (from, to, after) => {
        const values = { protocolVersion: 754, port: 25565, intent: 'login' } as const
        const frame = encodeHandshake({ ...values, address: from + after })
        const expected = encodeHandshake({ ...values, address: to + after })
        expect(toHex(rewriteHost(handshakeOf(frame), to))).toBe(toHex(expected))
      }),
    )
  })
})

function known(...names: readonly string[]): Handshake['markers'] {
  return { kind: 'known', names }
}
