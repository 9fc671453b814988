import { describe, expect, it } from 'vitest'
import { decodeFirst } from '../src/index.ts'
import { feed, feedRefused } from './feed.ts'
import { hex, join, string16 } from './hex.ts'

function ping(host: string, changes: { channel?: string; length?: number; port?: string } = {}): Uint8Array {
  const { channel = 'MC|PingHost', length = 7 + 2 * host.length, port = '000063dd' } = changes
  const rest = join(Uint8Array.of(74), string16(host), hex(port))
  return join(hex('fe01fa'), string16(channel), Uint8Array.of(length >> 8, length & 0xff), rest)
}

describe('the list ping of a 1.6 client', () => {
  it.each(['a.example.com', '', 'bücher.example', '::1', 'h'.repeat(255)])('says where it goes: %j', (host) => {
    expect(feed(decodeFirst, ping(host))).toMatchObject({
      value: { kind: 'legacy-ping', form: '1.6', protocolVersion: 74, host, port: 25565 },
    })
  })

  it.each([
    ['00000000', 0],
    ['0000ffff', 65535],
  ])('may name port %s', (digits, port) => {
    expect(feed(decodeFirst, ping('a', { port: digits }))).toMatchObject({ value: { port } })
  })

  it.each([
    ['another channel', ping('a', { channel: 'MC|PingHosT' }), 'ping-channel', 3],
    ['a longer channel', ping('a', { channel: 'MC|PingHosts' }), 'string-length', 3],
    ['a length that does not fit', ping('a', { length: 8 }), 'ping-length', 27],
    ['a host of 256 characters', ping('h'.repeat(256)), 'string-length', 30],
    ['half a character in the host', ping('\ud800'), 'utf-16', 32],
    ['a port over 65535', ping('a', { port: '00010000' }), 'port', 34],
    ['a negative port', ping('a', { port: 'ffffffff' }), 'port', 34],
  ])('is refused: %s', (_, bytes, code, offset) => {
    expect(feedRefused(decodeFirst, bytes).refusal).toEqual({ kind: 'malformed', code, offset })
  })
})
