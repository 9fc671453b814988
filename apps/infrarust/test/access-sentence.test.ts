import { describe, expect, it } from 'vitest'
import { accessSentence } from '../src/log/access.ts'

const RECORD = {
  client: '203.0.113.7',
  client_port: 54_321,
  peer: '10.0.0.2',
  peer_port: 40_112,
  listener: 'main',
  intent: 'login',
  domain: 'survival.example.com',
  player: 'Notch',
  server: 'survival',
  endpoint: '10.0.1.5:25565',
  bytes_in: 10,
  bytes_out: 20,
  ms: { total: 30 },
  reason: 'client_closed',
} as const

describe('the sentence about a connection', () => {
  it('says who went where, and how it ended', () => {
    expect(accessSentence(RECORD)).toBe(
      '203.0.113.7 (peer 10.0.0.2) Notch login survival.example.com -> survival 10.0.1.5:25565: client_closed, 10 B in, 20 B out, 30 ms',
    )
  })
  // What a client sends as name or domain once went to the terminal as it was: it could clear it, or forge a line.
  it.each([
    ['an escape sequence', '\x1b[2J', '\\x1b[2J'],
    ['the end of a line', 'a\r\nb', 'a\\x0d\\x0ab'],
    ['a C1 control character', '\x9b31m', '\\x9b31m'],
    ['a turn of the writing direction', 'a\u202eb', 'a\\u{202e}b'],
    ['a line separator', 'a\u2028b', 'a\\u{2028}b'],
  ])('spells out %s', (_, name, shown) => {
    expect(accessSentence({ ...RECORD, player: name })).toContain(` ${shown} login`)
    expect(accessSentence({ ...RECORD, domain: name })).toContain(` login ${shown} `)
  })
})
