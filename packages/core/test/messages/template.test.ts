import { encodeLoginDisconnect, type TextComponent, toPlainText } from '@infrarust/minecraft'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { placeholderValues } from '../../src/messages/placeholders.ts'
import { fill, TEMPLATE_MAX_UNITS, template } from '../../src/messages/template.ts'

const ABOUT = {
  client: { address: '203.0.113.7', port: 40_000 },
  domain: 'play.example.com',
  server: undefined,
  detail: undefined,
  expiresAt: undefined,
}

function read(written: unknown): TextComponent {
  const reading = template.read(written)
  if (reading.kind === 'fault') throw new Error(reading.fault)
  return reading.value
}

describe('a text of the configuration', () => {
  const rows: readonly (readonly [written: string, component: TextComponent])[] = [
    ['Come back at noon.', 'Come back at noon.'],
    ['§cNo.', { text: 'No.', color: 'red' }],
    ['Two\nlines\n', 'Two\nlines'],
    ['{"text":"No.","bold":true}', { text: 'No.', bold: true }],
    ['["No, ",{"text":"not now","color":"red"}]', ['No, ', { text: 'not now', color: 'red' }]],
    ['{domain} is unknown', '{domain} is unknown'],
    ['[Survival] is down', '[Survival] is down'],
    ['{}', '{}'],
    ['{ 1 } and {two words}', '{ 1 } and {two words}'],
    ['{1.21} {-} {§a}', { text: '', extra: ['{1.21} {-} {', { text: '}', color: 'green' }] }],
  ]
  it.each(rows)('%j is plain, has § codes, or is JSON', (written, component) => {
    expect(template.read(written)).toEqual({ kind: 'value', value: component })
  })
  it.each([
    [7, 'is 7; write a text: plain, with § codes, or a JSON component'],
    ['', 'is ""; write a text: plain, with § codes, or a JSON component'],
    ['Hello {name}', 'has the unknown placeholder {name}; there are {domain}, {server}, {reason}, {expires}, {client}'],
    ['Hello {player_1}', 'has the unknown placeholder {player_1}; there are'],
    ['Hello {player-name}', 'has the unknown placeholder {player-name}; there are'],
    ['Hello {Domain}', 'has the unknown placeholder {Domain}; there are'],
    ['Hallo {spielerName}', 'has the unknown placeholder {spielerName}; there are'],
    ['{"text":"a","extra":[{"text":"{ip}"}]}', 'has the unknown placeholder {ip}; there are'],
    ['{"text":"a"', 'is "{\\"text\\":\\"a\\""; write a text: plain, with § codes, or a JSON component: '],
    ['{"text":5}', 'write a text: plain, with § codes, or a JSON component: '],
  ])('%j is refused', (written, fault) => {
    expect(template.read(written)).toMatchObject({ kind: 'fault', fault: expect.stringContaining(fault) })
  })
})

describe('a text that could be longer than an answer', () => {
  it.each([
    ['by itself', 'x'.repeat(TEMPLATE_MAX_UNITS)],
    ['with what a player types', '{domain}'.repeat(20)],
  ])('is refused %s', (_how, written) => {
    const fault = expect.stringContaining(`the longest is ${TEMPLATE_MAX_UNITS}`)
    expect(template.read(written)).toMatchObject({ kind: 'fault', fault })
  })
})

describe('a placeholder', () => {
  it('is filled in wherever a client shows text, and nowhere else', () => {
    const text = read(
      '{"text":"{domain}","extra":["{client}"],"clickEvent":{"action":"open_url","value":"https://example.com/{domain}"}}',
    )
    expect(fill(text, placeholderValues(ABOUT))).toEqual({
      text: 'play.example.com',
      extra: ['203.0.113.7'],
      clickEvent: { action: 'open_url', value: 'https://example.com/{domain}' },
    })
  })
  it('has words where nothing is known', () => {
    const filled = fill(
      read('{domain}|{server}|{reason}|{expires}'),
      placeholderValues({ ...ABOUT, domain: undefined }),
    )
    expect(filled).toBe('this address|this server|no reason given|never')
  })
  it('tells the end of a ban in UTC, and survives a store that holds no date', () => {
    const at = (expiresAt: number) => fill('{expires}', placeholderValues({ ...ABOUT, expiresAt }))
    expect(at(Date.UTC(2026, 10, 23, 19, 0))).toBe('2026-11-23 19:00 UTC')
    expect(at(Number.NaN)).toBe('an unknown time')
  })
  it('is not filled in twice', () => {
    expect(fill('{reason}', placeholderValues({ ...ABOUT, detail: '{domain}' }))).toBe('{domain}')
  })
  // Without it a name typed with § codes would colour the rest of the text, or hide it.
  it('cannot bring codes or JSON along, whatever a player types', () => {
    const typed = placeholderValues({ ...ABOUT, domain: '§kx","extra":[{"text":"evil"}],"a":"' })
    expect(typed.domain).not.toContain('§')
    const filled = fill(read('§c{domain}'), typed)
    expect(filled).toEqual({ text: 'x","extra":[{"text":"evil"}],"a":"', color: 'red' })
    expect(JSON.parse(JSON.stringify(filled))).toEqual(filled)
  })
  it('can make no text longer than an answer may be', () => {
    const longest = read('{domain}{server}{reason}{expires}{client}')
    const typed = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units))
    fc.assert(
      fc.property(typed, typed, (domain, detail) => {
        const filled = fill(longest, placeholderValues({ ...ABOUT, domain, detail: detail.repeat(50) }))
        expect(JSON.stringify(filled).length).toBeLessThanOrEqual(TEMPLATE_MAX_UNITS)
        expect(toPlainText(filled)).not.toMatch(/§|\p{Cc}/u)
        encodeLoginDisconnect(filled)
      }),
    )
  })
})
