import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeLegacyKick, encodeLegacyStatus, type LegacyPing } from '../src/index.ts'
import { toHex } from './hex.ts'

const FE: LegacyPing = { kind: 'legacy-ping', form: 'fe' }
const FE01: LegacyPing = { kind: 'legacy-ping', form: 'fe01' }
const PING16: LegacyPing = { kind: 'legacy-ping', form: '1.6', protocolVersion: 74, host: 'a', port: 25565 }

/** The text as a client reads it: a length that fits, at most 256 units, nothing behind it. */
function kickText(packet: Uint8Array): string {
  const buffer = Buffer.from(packet)
  expect(buffer[0]).toBe(0xff)
  expect(buffer.length).toBe(3 + 2 * buffer.readUInt16BE(1))
  expect(buffer.readUInt16BE(1)).toBeLessThanOrEqual(256)
  const text = buffer.subarray(3).swap16().toString('utf16le')
  expect(text.isWellFormed()).toBe(true)
  return text
}

describe('the answer to a legacy ping', () => {
  const status = { text: { text: 'Hello', color: 'red' }, versionName: '1.21', online: 3, max: 20 } as const

  it('is text, online and max for fe, without colours', () => {
    expect(kickText(encodeLegacyStatus(FE, status))).toBe('Hello§3§20')
    expect(toHex(encodeLegacyStatus(FE, { ...status, text: 'A' }))).toBe(
      'ff00060041 00a70033 00a700320030'.replaceAll(' ', ''),
    )
  })

  it('is §1, protocol, version, text, online and max for fe01 and 1.6', () => {
    expect(kickText(encodeLegacyStatus(FE01, status))).toBe('§1\x00127\x001.21\0§cHello\x003\x0020')
    expect(kickText(encodeLegacyStatus(PING16, status))).toBe('§1\x0074\x001.21\0§cHello\x003\x0020')
    expect(kickText(encodeLegacyStatus(PING16, { ...status, protocolVersion: 61 }))).toContain('§1\x0061\0')
  })

  it('keeps its form whatever the texts hold', () => {
    const hostile = { ...status, text: '§4a§99§99\0b\n c\0', versionName: 'x\0y\n' }
    expect(kickText(encodeLegacyStatus(FE, hostile))).toBe('a99b c§3§20')
    expect(kickText(encodeLegacyStatus(FE01, hostile))).toBe('§1\x00127\0xy \0§4a§99§99b c\x003\x0020')
  })

  it('counts as far as a client does, and in whole players', () => {
    const odd = { ...status, online: 2 ** 31, max: 20.9 }
    expect(kickText(encodeLegacyStatus(FE, odd))).toBe('Hello§2147483647§20')
    expect(kickText(encodeLegacyStatus(FE, { ...status, online: -1, max: Number.NaN }))).toBe('Hello§0§0')
  })

  it('is cut where a client would refuse it, and keeps its numbers', () => {
    const long = { ...status, text: `x${'😀'.repeat(200)}`, versionName: 'v'.repeat(500) }
    expect(kickText(encodeLegacyStatus(FE, long))).toMatch(/😀§3§20$/u)
    const fields = kickText(encodeLegacyStatus(FE01, long)).split('\0')
    expect(fields).toEqual(['§1', '127', 'v'.repeat(64), expect.stringMatching(/^x(?:😀)+$/u), '3', '20'])
  })

  it('always has its fields in their places', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '§', '\0', '\n', '😀', '§c', 'é'), maxLength: 400 })
    const count = fc.oneof(fc.integer(), fc.double())
    fc.assert(
      fc.property(text, text, count, count, (description, versionName, online, max) => {
        const hostile = { text: description, versionName, online, max }
        expect(kickText(encodeLegacyStatus(FE, hostile))).toMatch(/^[^§]*§\d+§\d+$/)
        for (const ping of [FE01, PING16])
          expect(kickText(encodeLegacyStatus(ping, hostile)).split('\0')).toEqual([
            '§1',
            expect.stringMatching(/^\d+$/),
            expect.stringMatching(/^.*$/),
            expect.stringMatching(/^.*$/),
            expect.stringMatching(/^\d+$/),
            expect.stringMatching(/^\d+$/),
          ])
      }),
    )
  })
})

describe('the kick of a legacy login', () => {
  it('shows a text with its codes and lines', () => {
    expect(kickText(encodeLegacyKick({ text: 'Banned', bold: true, extra: ['\nuntil May'] }))).toBe(
      '§lBanned\nuntil May',
    )
  })

  it('is cut neither inside a character nor behind a §', () => {
    expect(kickText(encodeLegacyKick(`${'x'.repeat(255)}😀`))).toBe('x'.repeat(255))
    expect(kickText(encodeLegacyKick(`${'x'.repeat(255)}§c`))).toBe('x'.repeat(255))
    expect(kickText(encodeLegacyKick('x'.repeat(256)))).toHaveLength(256)
    expect(kickText(encodeLegacyKick(`${'x'.repeat(255)}§`))).toBe(`${'x'.repeat(255)}§`)
    expect(kickText(encodeLegacyKick('half \ud800 a character'))).toBe('half \ufffd a character')
  })
})
