import { describe, expect, it } from 'vitest'
import { decodeFirst, encodeHandshake, encodeLoginStart, FIRST_MESSAGE_MAX_BYTES } from '../src/index.ts'
import { feed, feedRefused } from './feed.ts'
import { hex, join, string16 } from './hex.ts'

/** A handshake in a frame whose body has exactly this many bytes. */
function handshakeOfBody(bodyBytes: number): Uint8Array {
  const address = 'a'.repeat(bodyBytes - 8)
  return encodeHandshake({ protocolVersion: 767, address, port: 25565, intent: 'login' })
}

describe('the first bytes of a client', () => {
  it('are nothing yet when there are none', () => {
    expect(decodeFirst(new Uint8Array(0))).toEqual({ kind: 'incomplete', atLeastBytes: 1 })
  })

  it.each([
    ['fe', 'fe', 1],
    ['fe01', 'fe01', 2],
  ])('%s are a legacy ping unless more comes', (digits, form, consumedBytes) => {
    const value = { kind: 'legacy-ping', form }
    expect(decodeFirst(hex(digits))).toEqual({ kind: 'unless-more', value, consumedBytes, graceMs: 300 })
  })

  it('fe 01 fa are a 1.6 ping', () => {
    const host = 'a.example.com'
    const rest = join(Uint8Array.of(78), string16(host), hex('000063dd'))
    const ping = join(hex('fe01fa'), string16('MC|PingHost'), Uint8Array.of(0, rest.length), rest)
    const value = { kind: 'legacy-ping', form: '1.6', protocolVersion: 78, host, port: 25565 }
    const result = { kind: 'decoded', value, consumedBytes: ping.length }
    expect(decodeFirst(ping)).toEqual(result)
    expect(decodeFirst(join(ping, hex('fe')))).toEqual(result)
  })

  // mcstatus and the checks of HAProxy send three bytes and read: they waited ten seconds, and for nothing.
  it('fe 01 fa are the ping of before, unless the rest comes', () => {
    const whole = join(hex('fe01fa'), string16('MC|PingHost'), hex('0009 4e 0001 0061 000063dd'))
    for (let cut = 3; cut < whole.length; cut++) {
      expect(decodeFirst(whole.subarray(0, cut))).toEqual({
        kind: 'unless-more',
        value: { kind: 'legacy-ping', form: 'fe01' },
        consumedBytes: cut,
        graceMs: 300,
      })
    }
    expect(decodeFirst(hex('fe01fa 0001 0061'))).toMatchObject({ kind: 'malformed', code: 'ping-channel' })
  })

  // A frame of 254 bytes begins with fe 01, and was taken for a ping elsewhere.
  it('fe 01 00 are a modern frame of 254 bytes', () => {
    const frame = handshakeOfBody(254)
    expect([...frame.subarray(0, 3)]).toEqual([0xfe, 0x01, 0x00])
    expect(feed(decodeFirst, frame)).toMatchObject({ value: { kind: 'handshake', port: 25565 } })
  })

  it('fe and another byte than 01 are a modern frame', () => {
    const address = '漢'.repeat(124)
    const frame = encodeHandshake({ protocolVersion: 767, address, port: 25565, intent: 'login' })
    expect([...frame.subarray(0, 2)]).toEqual([0xfc, 0x02])
    const longer = encodeHandshake({ protocolVersion: 767, address: `${address}aa`, port: 25565, intent: 'login' })
    expect([...longer.subarray(0, 2)]).toEqual([0xfe, 0x02])
    expect(feed(decodeFirst, longer)).toMatchObject({ value: { kind: 'handshake', host: `${address}aa` } })
  })

  it('fe 01 and any byte but fa are read as a modern frame, all 256 of them', () => {
    for (let third = 0; third < 256; third++) {
      const result = decodeFirst(Uint8Array.of(0xfe, 0x01, third))
      if (third === 0xfa) expect(result.kind).toBe('unless-more')
      else if (third === 0 || third >= 0x80) expect(result.kind).toBe('incomplete')
      else expect(result).toEqual({ kind: 'malformed', code: 'packet-id', offset: 2 })
    }
  })

  it('fe and any second byte are a frame, a longer frame or a ping, all 256 of them', () => {
    for (let second = 0; second < 256; second++) {
      const result = decodeFirst(Uint8Array.of(0xfe, second))
      if (second === 1) expect(result.kind).toBe('unless-more')
      else if (second <= 95 || second >= 0x80) expect(result.kind).toBe('incomplete')
      else expect(result).toEqual({ kind: 'malformed', code: 'frame-too-long', offset: 0 })
    }
  })

  it('02 are a legacy login: a frame of two bytes could hold no handshake', () => {
    const login = join(hex('02 3d'), string16('Alex'), string16('a.example.com'), hex('000063dd'))
    expect(feed(decodeFirst, login)).toMatchObject({ value: { kind: 'legacy-login', name: 'Alex' } })
  })

  it('are a handshake else, with a login start behind it that stays', () => {
    const handshake = hex('13002f0d612e6578616d706c652e636f6d63dd02')
    const both = join(handshake, encodeLoginStart('Alex', 47))
    expect(decodeFirst(both)).toEqual(feed(decodeFirst, handshake))
  })

  it('are refused by the second byte where nothing could follow', () => {
    expect(feedRefused(decodeFirst, hex('474554202f20')).afterBytes).toBe(2)
  })

  it('never need more than the limit says', () => {
    expect(decodeFirst(hex('9860 00'))).toMatchObject({ kind: 'malformed', code: 'frame-too-long' })
    const longest = decodeFirst(hex('9760 00'))
    expect(longest).toEqual({ kind: 'incomplete', atLeastBytes: 12_313 })
    expect(FIRST_MESSAGE_MAX_BYTES).toBe(12_313)
  })
})
