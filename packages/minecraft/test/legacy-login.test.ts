import { describe, expect, it } from 'vitest'
import { decodeFirst, splitAddress } from '../src/index.ts'
import { feed, feedRefused } from './feed.ts'
import { hex, join, string16 } from './hex.ts'

function login(name: string, host: string, port = '000063dd'): Uint8Array {
  return join(hex('02 4e'), string16(name), string16(host), hex(port))
}

function oldLogin(text: string): Uint8Array {
  return join(hex('02'), string16(text))
}

describe('a login before 1.7', () => {
  it('says its version, its name and where it goes, since 1.3', () => {
    expect(feed(decodeFirst, login('Alex', 'a.example.com'))).toMatchObject({
      value: { name: 'Alex', protocolVersion: 78, target: { host: 'a.example.com', port: 25565 } },
    })
  })

  it.each([
    ['00000000', 0],
    ['0000ffff', 65535],
  ])('may name port %s', (digits, port) => {
    expect(feed(decodeFirst, login('Alex', 'a', digits))).toMatchObject({ value: { target: { host: 'a', port } } })
  })

  it.each([
    ['Alex;a.example.com:25565', { host: 'a.example.com', port: 25565 }],
    ['Alex;::1:25565', { host: '::1', port: 25565 }],
    ['Alex', undefined],
    ['Alex;', undefined],
    ['Alex;a.example.com', undefined],
    ['Alex;a.example.com:99999', undefined],
    ['Alex;:25565', undefined],
    ['Alex;a:0', { host: 'a', port: 0 }],
    ['Alex;a:65535', { host: 'a', port: 65535 }],
    ['Alex;a:65536', undefined],
    ['Alex;a:000001', undefined],
  ])('is one string before that: %j', (text, target) => {
    const value = { kind: 'legacy-login', name: 'Alex', protocolVersion: undefined, target }
    expect(feed(decodeFirst, oldLogin(text))).toMatchObject({ value })
  })

  it.each([login('A'.repeat(16), 'a'), oldLogin(`${'A'.repeat(16)};a:1`)])(
    'may have a name of 16 characters',
    (bytes) => {
      expect(feed(decodeFirst, bytes)).toMatchObject({ value: { name: 'A'.repeat(16) } })
    },
  )

  it('is told from the older form by its second byte, which is never zero', () => {
    for (let second = 0; second < 256; second++) {
      const bytes = join(Uint8Array.of(0x02, second), string16('A'), string16('b'), hex('00000001'))
      const expected = second === 0 ? 'malformed' : 'decoded'
      expect(decodeFirst(bytes).kind).toBe(expected)
    }
  })

  it('may hold forwarding data as a handshake may, which the same function finds', () => {
    const result = feed(decodeFirst, login('Alex', 'a\x103.0.113.7\0uuid'))
    const host =
      result.kind === 'decoded' && result.value.kind === 'legacy-login' ? (result.value.target?.host ?? '') : ''
    expect(splitAddress(host).markers.kind).toBe('unknown')
  })

  it.each([
    ['a name of 17 characters', login('A'.repeat(17), 'a'), 'string-length', 2],
    ['no name', login('', 'a'), 'name', 2],
    ['a host of 256 characters', login('Alex', 'h'.repeat(256)), 'string-length', 12],
    ['a port over 65535', login('Alex', 'a', '00010000'), 'port', 16],
    ['a negative port', login('Alex', 'a', 'ffffffff'), 'port', 16],
    ['half a character in the name', login('\udc00', 'a'), 'utf-16', 4],
    ['no name in the older form', oldLogin(';a:1'), 'name', 1],
    ['a name of 17 characters in the older form', oldLogin(`${'A'.repeat(17)};a:1`), 'string-length', 1],
  ])('is refused: %s', (_, bytes, code, offset) => {
    expect(feedRefused(decodeFirst, bytes).refusal).toEqual({ kind: 'malformed', code, offset })
  })
})
