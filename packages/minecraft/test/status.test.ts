import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodeStatusJson,
  decodeStatusReply,
  decodeStatusRequest,
  encodePing,
  encodeStatusRequest,
  encodeStatusResponse,
  type Status,
  statusJson,
  toPlainText,
} from '../src/index.ts'
import { feed, feedRefused } from './feed.ts'
import { hex, join, toHex } from './hex.ts'

const reply = (bytes: Uint8Array) => decodeStatusReply(bytes)

describe('a status request', () => {
  it('is two bytes', () => {
    expect(toHex(encodeStatusRequest())).toBe('0100')
    expect(feed(decodeStatusRequest, hex('0100'))).toMatchObject({ value: { kind: 'status-request' } })
  })

  it('may be a ping, whose payload comes back', () => {
    const ping = hex('09010000000000000001')
    const result = feed(decodeStatusRequest, ping)
    expect(result).toMatchObject({ value: { kind: 'ping', payload: hex('0000000000000001') } })
    expect(toHex(encodePing(hex('0000000000000001')))).toBe(toHex(ping))
    expect(feed(reply, ping)).toMatchObject({ value: { kind: 'pong', payload: hex('0000000000000001') } })
    expect(() => encodePing(hex('00'))).toThrow(/payload of 1 bytes/)
  })

  // Others lost the ping.
  it('may arrive together with a ping, and both are read', () => {
    const both = hex('0100', '09010000000000000001')
    const first = decodeStatusRequest(both)
    expect(first).toMatchObject({ kind: 'decoded', consumedBytes: 2 })
    const second = decodeStatusRequest(both.subarray(2))
    expect(second).toMatchObject({ kind: 'decoded', value: { kind: 'ping' }, consumedBytes: 10 })
  })

  it.each([
    ['another packet', '01 02', 'packet-id', 1],
    ['a request with more in it', '02 00 00', 'trailing-bytes', 2],
    ['a ping without its payload', '05 01 00000000', 'past-end', 2],
    ['a ping with more in it', '0a 01 000000000000000000', 'trailing-bytes', 10],
    ['a long frame', '7f 00', 'frame-too-long', 0],
  ])('is refused: %s', (_, digits, code, offset) => {
    expect(feedRefused(decodeStatusRequest, hex(digits)).refusal).toEqual({ kind: 'malformed', code, offset })
  })
})

describe('a status response', () => {
  const status: Status = {
    version: { name: 'Infrarust', protocol: 767 },
    players: { max: 20, online: 3, sample: [{ name: '§aline' }] },
    description: { text: 'Hello "there"\n\u2028</script>', color: 'green' },
    favicon: 'data:image/png;base64,AAAA',
  }

  it('is the JSON of a status, escaped', () => {
    const result = feed(reply, encodeStatusResponse(statusJson(status)))
    const json = result.kind === 'decoded' && result.value.kind === 'status-response' ? result.value.json : ''
    expect(JSON.parse(json)).toEqual({
      ...status,
      players: { ...status.players, sample: [{ name: '§aline', id: '00000000-0000-0000-0000-000000000000' }] },
    })
  })

  it('leaves out what is not given', () => {
    const small = { version: { name: 'x', protocol: -1 }, description: 'y' }
    expect(statusJson(small)).toBe('{"version":{"name":"x","protocol":-1},"description":"y"}')
  })

  it('of a backend is read as far as it is understood', () => {
    const alex = { name: 'Alex', id: '069a79f4-44e9-4726-a5be-fca90e38aaf5' }
    const sample = [{}, 1, alex, { name: 'a line', id: 5 }]
    const json = JSON.stringify({ ...status, forgeData: { mods: [] }, players: { ...status.players, sample } })
    const value = { ...status, players: { max: 20, online: 3, sample: [alex, { name: 'a line' }] } }
    expect(decodeStatusJson(json)).toEqual({ kind: 'decoded', value, consumedBytes: json.length })
    const empty = { version: { name: '', protocol: -1 }, description: '' }
    for (const odd of [
      '{}',
      '{"version":1,"players":[],"description":null,"favicon":2}',
      '{"players":{"max":"1","online":2}}',
      '{"players":{"max":1,"online":2.5}}',
    ])
      expect(decodeStatusJson(odd)).toEqual({ kind: 'decoded', value: empty, consumedBytes: odd.length })
  })

  it.each([
    ['a number', 1, '1'],
    ['a truth value', true, 'true'],
    ['a number for a text', { text: 7, extra: [' of ', 20, { text: false }] }, '7 of 20false'],
    ['what is no text', { text: {}, extra: 'x', color: 5, bold: 'yes' }, ''],
    ['what is no text among others', ['a', null, { text: ['b'] }, 'c'], 'ac'],
    ['an empty list', [], ''],
    ['too many lists', JSON.parse(`${'['.repeat(100)}"x"${']'.repeat(100)}`), ''],
    ['too deep a hover text', { text: 'x', hover: JSON.parse(`${'['.repeat(100)}${']'.repeat(100)}`) }, 'x'],
  ])('of a backend keeps what can be read of a description with %s', (_, description, text) => {
    const decoded = decodeStatusJson(JSON.stringify({ description }))
    expect(decoded.kind === 'decoded' && toPlainText(decoded.value.description)).toBe(text)
  })

  it('of a backend is refused when it is no JSON object', () => {
    expect(decodeStatusJson('{')).toMatchObject({ code: 'json-syntax' })
    expect(decodeStatusJson('[]')).toMatchObject({ code: 'json-shape' })
    expect(decodeStatusJson(`${' '.repeat(65_535)}{}`)).toMatchObject({ code: 'json-length' })
    expect(decodeStatusJson(`${' '.repeat(65_534)}{}`).kind).toBe('decoded')
  })

  it('is refused over the length that the caller accepts', () => {
    const packet = encodeStatusResponse('x'.repeat(500))
    expect(decodeStatusReply(packet, packet.length).kind).toBe('decoded')
    expect(decodeStatusReply(packet.subarray(0, 2), packet.length - 1)).toMatchObject({ code: 'frame-too-long' })
    expect(feedRefused(reply, hex('02 05 00')).refusal).toMatchObject({ code: 'packet-id' })
  })

  it('cannot be longer than modified clients read', () => {
    expect(() => encodeStatusResponse('x'.repeat(65_537))).toThrow(/status of 65537 characters/)
    const widest = encodeStatusResponse('漢'.repeat(65_536))
    expect(decodeStatusReply(widest)).toMatchObject({ kind: 'decoded', consumedBytes: widest.length })
  })

  // BetterCompatibilityChecker does that, and its servers were down.
  it('may have something appended to it in its packet', () => {
    const rest = hex('03 61 62 63')
    const result = feed(reply, encodeStatusResponse('{}', rest))
    expect(result).toMatchObject({ kind: 'decoded', value: { kind: 'status-response', json: '{}', rest } })
    expect(feed(reply, encodeStatusResponse('{}'))).not.toHaveProperty('value.rest')
  })

  it('has U+FFFD where its bytes are no UTF-8, as clients read it', () => {
    expect(reply(hex('05 00 03 22 ff 22'))).toMatchObject({ value: { json: '"\uFFFD"' } })
  })

  it('is the same again after encoding and decoding, whatever its texts are', () => {
    const text = fc.string({ unit: 'binary' })
    fc.assert(
      fc.property(text, text, fc.integer(), fc.nat(), (name, description, protocol, count) => {
        const value = { version: { name, protocol }, players: { max: count, online: count }, description }
        const packet = join(encodeStatusResponse(statusJson(value)), hex('ff'))
        const result = decodeStatusReply(packet)
        const json = result.kind === 'decoded' && result.value.kind === 'status-response' ? result.value.json : ''
        expect(decodeStatusJson(json)).toMatchObject({ kind: 'decoded', value })
      }),
    )
  })
})
