import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodeTextJson,
  fromSectionText,
  stripSectionCodes,
  TEXT_MAX_DEPTH,
  type TextComponent,
  toPlainText,
  toSectionText,
} from '../src/index.ts'
import { DECORATIONS, NAMED_COLORS } from '../src/text/component.ts'

describe('a text with § codes', () => {
  it.each<[string, TextComponent]>([
    ['', ''],
    ['plain', 'plain'],
    ['§agreen', { text: 'green', color: 'green' }],
    ['§A§Lx', { text: 'x', color: 'green', bold: true }],
    ['a§cb', { text: '', extra: ['a', { text: 'b', color: 'red' }] }],
    [
      '§la§cb',
      {
        text: '',
        extra: [
          { text: 'a', bold: true },
          { text: 'b', color: 'red' },
        ],
      },
    ],
    ['§la§rb', { text: '', extra: [{ text: 'a', bold: true }, 'b'] }],
    ['§x§1§2§a§B§f§fx', { text: 'x', color: '#12abff' }],
    ['50§ off§', '50§ off§'],
    ['§zx', '§zx'],
    ['§a', ''],
  ])('%j is a component', (text, component) => {
    expect(fromSectionText(text)).toEqual(component)
  })

  it('knows every colour and decoration, in either case', () => {
    for (const [color, { code }] of Object.entries(NAMED_COLORS))
      for (const either of [code, code.toUpperCase()])
        expect(fromSectionText(`§${either}x`)).toEqual({ text: 'x', color })
    for (const { decoration, code } of DECORATIONS)
      for (const either of [code, code.toUpperCase()])
        expect(fromSectionText(`§${either}x`)).toEqual({ text: 'x', [decoration]: true })
  })

  it('looks the same after it was a component', () => {
    const piece = fc.tuple(fc.constantFrom('', '§c', '§1', '§f'), fc.constantFrom('', '§l', '§n§o'), fc.constant('x'))
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.map((parts) => parts.join('')).join('')
        const component = fromSectionText(text)
        const written = toSectionText(component)
        expect(toSectionText(fromSectionText(written))).toBe(written)
        expect(written.replace(/§./g, '')).toBe(toPlainText(component))
        expect(toPlainText(component)).toBe('x'.repeat(pieces.length))
      }),
    )
  })

  it('loses every code and every § before it stands among others', () => {
    expect(stripSectionCodes('§4evil§§k.example§')).toBe('evil.example')
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('§', 'a', 'x', '1', ' ') }), (text) => {
        expect(stripSectionCodes(text)).not.toContain('§')
      }),
    )
  })
})

describe('a component with § codes', () => {
  it.each<[TextComponent, string]>([
    ['plain', 'plain'],
    [{ text: 'a', color: 'gold', extra: [{ text: 'b', bold: true }, 'c'] }, '§6a§6§lb§6c'],
    [{ text: 'a', bold: true, extra: [{ text: 'b', bold: false }] }, '§la§rb'],
    [{ text: 'a', underlined: true, extra: [{ text: 'b', strikethrough: true }] }, '§na§r§m§nb'],
    [{ text: 'a', obfuscated: true, italic: true, extra: ['b', { text: 'c', obfuscated: false }] }, '§k§oab§r§oc'],
    [[{ text: 'a', color: 'red' }, 'b'], '§cab'],
    [['a', { text: 'b', color: 'red' }, 'c'], 'a§cb§rc'],
    [{ text: '', extra: [{ text: '§lraw' }, 'next'] }, '§lraw§rnext'],
    [{ text: 'x', color: '#fe5454' }, '§cx'],
    [{ text: 'x', color: '#000001' }, '§0x'],
    [{ text: 'x', color: 'no such color' }, 'x'],
    [{ text: 'x', color: '__proto__' }, 'x'],
    [{ translate: 'multiplayer.disconnect.kicked' }, 'multiplayer.disconnect.kicked'],
    [{ translate: 'a.key', fallback: 'words' }, 'words'],
    [{ keybind: 'key.jump' }, 'key.jump'],
  ])('%j', (component, text) => {
    expect(toSectionText(component)).toBe(text)
  })
})

describe('an RGB colour', () => {
  it('is the named one before 1.7 that it is nearest to, in each of its three parts', () => {
    const hex = (rgb: number) => `#${rgb.toString(16).padStart(6, '0')}`
    for (const { code, rgb } of Object.values(NAMED_COLORS)) {
      for (const step of [0x000000, 0x010000, 0x000100, 0x000001]) {
        const near = (rgb & (0xff * step)) === 0xff * step ? rgb - step : rgb + step
        expect(toSectionText({ text: 'x', color: hex(near) }), hex(near)).toBe(`§${code}x`)
      }
    }
    // Red tells dark_red from dark_green and dark_blue, and so on.
    for (const [color, code] of [
      ['#600000', '4'],
      ['#006000', '2'],
      ['#000060', '1'],
    ] as const)
      expect(toSectionText({ text: 'x', color })).toBe(`§${code}x`)
  })
})

describe('a component from JSON', () => {
  it.each([
    '"text"',
    '{"text":"a","extra":["b",{"text":"c","bold":true}]}',
    '["a",{"translate":"b","with":["c"]}]',
    '{"text":"a","clickEvent":{"action":"open_url","value":"https://example.com"},"font":"uniform"}',
    '{}',
  ])('is kept with all that it has: %s', (json) => {
    expect(decodeTextJson(json)).toEqual({ kind: 'decoded', value: JSON.parse(json), consumedBytes: json.length })
  })

  it.each([
    ['', 'json-syntax'],
    ['{', 'json-syntax'],
    ['null', 'json-shape'],
    ['1', 'json-shape'],
    ['[]', 'json-shape'],
    ['{"text":1}', 'json-shape'],
    ['{"bold":"true"}', 'json-shape'],
    ['{"extra":[null]}', 'json-shape'],
    ['{"extra":"x"}', 'json-shape'],
    [`${'['.repeat(16_000)}"x"${']'.repeat(16_000)}`, 'json-depth'],
    [`"${'x'.repeat(32_767)}"`, 'json-length'],
  ])('is refused: %.40s', (json, code) => {
    expect(decodeTextJson(json)).toEqual({ kind: 'malformed', code, offset: 0 })
  })

  it('may be as long as clients read', () => {
    expect(decodeTextJson(`"${'x'.repeat(32_765)}"`)).toMatchObject({ kind: 'decoded', consumedBytes: 32_767 })
  })

  it('may be nested as deep as the limit and no deeper', () => {
    const nested = (depth: number) => `${'['.repeat(depth)}"x"${']'.repeat(depth)}`
    expect(decodeTextJson(nested(TEXT_MAX_DEPTH)).kind).toBe('decoded')
    expect(decodeTextJson(nested(TEXT_MAX_DEPTH + 1))).toMatchObject({ code: 'json-depth' })
    const foreign = (depth: number) => `{"hover":${nested(depth)}}`
    expect(decodeTextJson(foreign(TEXT_MAX_DEPTH - 1)).kind).toBe('decoded')
    expect(decodeTextJson(foreign(TEXT_MAX_DEPTH))).toMatchObject({ code: 'json-depth' })
  })

  it('does not reach the prototype of anything', () => {
    const result = decodeTextJson('{"text":"a","__proto__":{"bold":true}}')
    expect(result.kind === 'decoded' && toSectionText(result.value)).toBe('a')
  })

  it('never makes anything throw', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (json) => {
        const result = decodeTextJson(json)
        if (result.kind === 'decoded') expect(typeof toSectionText(result.value)).toBe('string')
      }),
    )
  })
})
