import { describe, expect, it } from 'vitest'
import { SseReader } from '../src/page/api/sse-reader.ts'
import { shownText } from '../src/page/model/shown-text.ts'
import { bytesText, durationSeconds, durationText, endText } from '../src/page/model/units.ts'

describe('a text that somebody else has chosen', () => {
  it('is shown as it is where nothing in it deceives', () => {
    for (const text of ['Steve', '<script>alert(1)</script>', 'Zoë 中文 😀 ❤️', 'العربية'])
      expect(shownText(text)).toBe(text)
  })
  it('has what turns, hides or breaks the line written out', () => {
    expect(shownText('admin\u202etxt')).toBe('admin\\u202etxt')
    expect(shownText('a\u200bb\u2066c\ufeffd\u00ade')).toBe('a\\u200bb\\u2066c\\ufeffd\\u00ade')
    expect(shownText('one\ntwo\u2028three\u0000')).toBe('one\\u000atwo\\u2028three\\u0000')
    expect(shownText('tag \u{e0041}')).toBe('tag \\u{e0041}')
    expect(shownText('half \ud83d of a pair')).toBe('half \\ud83d of a pair')
  })
  it('is cut, and says how much there is', () => {
    expect(shownText('x'.repeat(10_000), 10)).toBe(`${'x'.repeat(10)}… (9990 more)`)
    expect(shownText('x'.repeat(200))).toBe('x'.repeat(200))
  })
  it('is still no pair of its own where it is cut within one', () => {
    expect(shownText('ab😀', 3)).toBe('ab\\ud83d… (1 more)')
  })
})

describe('figures', () => {
  it('have three digits and a unit', () => {
    expect([0, 999, 1_024, 1_500_000, 300_000_000, 2 ** 50].map(bytesText)).toEqual([
      '0 B',
      '999 B',
      '1.0 KiB',
      '1.4 MiB',
      '286 MiB',
      '1024 TiB',
    ])
  })
  it('of time have their two largest units', () => {
    expect([0, 900, 61_000, 3_600_000, 90_061_000].map(durationText)).toEqual([
      '0 s',
      '1 s',
      '1 min 1 s',
      '1 h',
      '1 d 1 h',
    ])
  })
  it('put an IPv6 address into brackets', () => {
    expect(endText('2001:db8::1', 25_565)).toBe('[2001:db8::1]:25565')
    expect(endText('203.0.113.7', 1)).toBe('203.0.113.7:1')
    expect(endText('unix', undefined)).toBe('unix')
  })
})

describe('a written duration', () => {
  it.each([
    ['90', 90],
    ['30m', 1_800],
    ['1h 30min', 5_400],
    ['7D', 604_800],
    ['2w', 1_209_600],
  ])('%s is %i seconds', (written, seconds) => expect(durationSeconds(written)).toBe(seconds))
  it.each(['', '0', '-5', '1.5h', 'h', '5 years', '1e9', 'm30'])('%j is none', (written) => {
    expect(durationSeconds(written)).toBeUndefined()
  })
})

describe('a stream of events', () => {
  const text =
    ': alive\n\nevent: step\ndata: {"a":1}\n\ndata: plain\n\n:\n\nevent: end\ndata: {}\n\nevent: half\ndata: {'
  const events = [
    { name: 'step', data: '{"a":1}' },
    { name: 'message', data: 'plain' },
    { name: 'end', data: '{}' },
  ]
  it('is read the same however it is cut', () => {
    for (let cut = 0; cut <= text.length; cut++) {
      const reader = new SseReader()
      expect([...reader.read(text.slice(0, cut)), ...reader.read(text.slice(cut))]).toEqual(events)
    }
    const reader = new SseReader()
    expect([...text].flatMap((letter) => reader.read(letter))).toEqual(events)
  })
})
