import { readFileSync } from 'node:fs'
import { decode } from '@infrarust/proxy-protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { argumentInputs, lineInputs, type StreamInput } from '../src/proxy-protocol/stream-input.ts'
import { finish } from './program.ts'

const HEADER = Buffer.from('0d0a0d0a000d0a515549540a21110010cb007107c6336402d43163dd04000100', 'hex')
const LINE = 'PROXY TCP4 203.0.113.7 198.51.100.2 54321 25565'

/** As `xxd` writes it: groups of two bytes, and the text behind two blanks. */
function xxd(bytes: Uint8Array, columns = 16): string {
  return dump(bytes, columns, (offset) => `${offset.toString(16).padStart(8, '0')}: `)
}

/** As `tcpdump -X` writes what is in a packet. */
function tcpdumpLines(bytes: Uint8Array): string {
  return dump(bytes, 16, (offset) => `\t0x${offset.toString(16).padStart(4, '0')}:  `)
}

function dump(bytes: Uint8Array, columns: number, before: (offset: number) => string): string {
  const lines: string[] = []
  for (let offset = 0; offset < bytes.length; offset += columns) {
    const part = Buffer.from(bytes.subarray(offset, offset + columns))
    const groups = part.toString('hex').replaceAll(/.{4}(?=.)/g, '$& ')
    const width = columns * 2 + Math.ceil(columns / 2) - 1
    const text = part.toString('latin1').replaceAll(/[^ -~]/g, '.')
    lines.push(`${before(offset)}${groups.padEnd(width)}  ${text}`)
  }
  return lines.join('\n')
}

function hexdumpC(bytes: Uint8Array): string {
  const lines: string[] = []
  for (let offset = 0; offset < bytes.length; offset += 16) {
    const part = [...bytes.subarray(offset, offset + 16)].map((byte) => byte.toString(16).padStart(2, '0'))
    const text = Buffer.from(bytes.subarray(offset, offset + 16))
      .toString('latin1')
      .replaceAll(/[^ -~]/g, '.')
    const columns = `${part.slice(0, 8).join(' ')}  ${part.slice(8).join(' ')}`
    lines.push(`${offset.toString(16).padStart(8, '0')}  ${columns.padEnd(50)}|${text}|`)
  }
  lines.push(bytes.length.toString(16).padStart(8, '0'))
  return lines.join('\n')
}

/** What arguments, and the same as lines of standard input, are taken for. */
async function bothWays(text: string): Promise<readonly StreamInput[]> {
  const asArgument = [...argumentInputs([text])]
  expect(await fromLines(...text.split('\n'))).toEqual(asArgument)
  return asArgument
}

async function fromLines(...lines: readonly string[]): Promise<readonly StreamInput[]> {
  async function* each() {
    yield* lines
  }
  const inputs: StreamInput[] = []
  for await (const input of lineInputs(each())) inputs.push(input)
  return inputs
}

function taken(inputs: readonly StreamInput[]): readonly string[] {
  return inputs.map((input) => {
    const { form } = input.taken
    return input.kind === 'bytes' ? `${form} ${Buffer.from(input.bytes).toString('hex')}` : `${form} ${input.message}`
  })
}

function capture(name: string): string {
  return readFileSync(new URL(`captures/${name}.txt`, import.meta.url), 'utf8').trimEnd()
}

const HEX = HEADER.toString('hex')

describe('bytes that were copied from somewhere', () => {
  it.each([
    ['xxd', xxd(HEADER), 'xxd'],
    ['xxd -c 8', xxd(HEADER, 8), 'xxd'],
    ['xxd -g 1', '00000000: 0d 0a 0d 0a 00 0d 0a 51 55 49  ......QUI\n0000000a: 54 0a  T.', 'xxd'],
    ['xxd -u, indented', xxd(HEADER).toUpperCase().replaceAll(/^/gm, '  '), 'xxd'],
    ['hexdump -C', hexdumpC(HEADER), 'hexdump'],
    ['tcpdump’s lines of what a packet carries', tcpdumpLines(HEADER), 'tcpdump'],
    ['tcpdump -X', capture('ipv4'), 'tcpdump'],
    ['tcpdump -x', capture('ipv4-hex-only'), 'tcpdump'],
    ['tcpdump -XX -e -v', capture('ethernet'), 'tcpdump'],
    ['tcpdump -X of IPv6', capture('ipv6'), 'tcpdump'],
    ['\\x…', `$'${HEX.replaceAll(/../g, '\\x$&')}'`, 'escapes'],
    ['\\x… with blanks between', HEX.replaceAll(/../g, '\\x$& '), 'escapes'],
    [
      'Python’s',
      String.raw`b'\r\n\r\n\x00\r\nQUIT\n!\x11\x00\x10\xcb\x00q\x07\xc63d\x02\xd41c\xdd\x04\x00\x01\x00'`,
      'escapes',
    ],
    ['octal and C', String.raw`"\15\12\r\n\0\r\nQUIT\n!\021\0\020\313\0q\a\3063d\2\3241c\335\4\0\1\0"`, 'escapes'],
  ])('are read as %s', async (name, text, form) => {
    const inputs = await bothWays(text)
    expect(inputs).toHaveLength(1)
    const [input] = inputs
    expect(input).toMatchObject({ kind: 'bytes', taken: { form } })
    const bytes = Buffer.from(input?.kind === 'bytes' ? input.bytes : []).toString('hex')
    expect(bytes.startsWith(name === 'xxd -g 1' ? HEX.slice(0, 24) : HEX)).toBe(true)
  })

  it('are a line of version 1 with and without its CRLF, quoted or not, and in several arguments', async () => {
    const expected = `text ${Buffer.from(`${LINE}\r\n`).toString('hex')}`
    for (const text of [LINE, ` ${LINE} `, `"${LINE}"`, `'${LINE}'`, `${LINE}\r`]) {
      expect(taken([...argumentInputs([text])])).toEqual([expected])
      expect(taken(await fromLines(text))).toEqual([expected])
    }
    expect(
      taken([...argumentInputs([`${LINE}\r\n`]), ...argumentInputs([...LINE.split(' '), ...LINE.split(' ')])]),
    ).toEqual([expected, expected, expected])
    expect(taken([...argumentInputs([LINE, HEX])])).toEqual([expected, `hex ${HEX}`])
    const [escaped] = argumentInputs([`${LINE}\\r\\n`])
    expect(escaped).toMatchObject({ kind: 'bytes', taken: { form: 'escapes' } })
    expect(escaped?.kind === 'bytes' && decode(escaped.bytes)).toMatchObject({ kind: 'header' })
  })

  it('are one answer for each dump, whatever stands between them', async () => {
    const text = `${xxd(HEADER)}\n\n${xxd(HEADER)}\n${xxd(HEADER, 8)}\n${HEX}\n${hexdumpC(HEADER)}\n\n${LINE}\n`
    const xxdAnswer = `xxd ${HEX}`
    expect(taken(await fromLines(...text.split('\n')))).toEqual([
      ...[xxdAnswer, xxdAnswer, xxdAnswer, `hex ${HEX}`, `hexdump ${HEX}`],
      `text ${Buffer.from(`${LINE}\r\n`).toString('hex')}`,
      'hex ',
    ])
  })

  it('are what the client sent, each byte once and in order, of a capture', async () => {
    const [whole] = await bothWays(capture('ipv4'))
    expect(whole).toMatchObject({ taken: { stream: '203.0.113.9:40000 > 198.51.100.2:25565' } })
    expect(Buffer.from(whole?.kind === 'bytes' ? whole.bytes : []).toString('latin1')).toBe(
      `${HEADER.toString('latin1')}behind it`,
    )
    const [six] = await bothWays(capture('ipv6'))
    expect(six).toMatchObject({ taken: { stream: '[2001:db8::9]:40000 > [2001:db8::25]:25565' } })
    // From the middle on nobody knows who began.
    const late = capture('ipv4').split('\n').slice(12).join('\n')
    expect((await bothWays(late)).map(({ taken: { stream } }) => stream)).toEqual([
      '203.0.113.9:40000 > 198.51.100.2:25565 (how it began was not captured)',
      '198.51.100.2:25565 > 203.0.113.9:40000 (how it began was not captured)',
    ])
  })

  it.each([
    ['a line is missing', xxd(HEADER, 8).split('\n').toSpliced(1, 1).join('\n'), 'xxd: offset 0x10 where 0x8 is next'],
    ['the first line is missing', xxd(HEADER).split('\n').slice(1).join('\n'), 'xxd: offset 0x10 where 0x0 is next'],
    [
      'lines are left out',
      `${hexdumpC(HEADER).split('\n')[0]}\n*\n00000100  00 00`,
      'hexdump: lines are left out of it (*)',
    ],
    ['its columns have run together', xxd(HEADER).replaceAll('  ', ' '), 'or its columns have run together'],
    ['xxd -b', '00000000: 00001101 00001010 00001101  ...', 'xxd: its bytes are written as bits'],
    ['hexdump', '0000000 0a0d 0a0d 0d00 510a 4955 0a54\n000000c', 'od: a dump whose bytes may be swapped'],
    ['half a byte', '00000000: 0d0a 0d0', '"0d0" is not hex'],
    [
      'tcpdump -A',
      '12:00:00.000001 IP 192.0.2.1.1 > 192.0.2.2.2: Flags [P.], length 3\nE..(..@.@\nabc',
      'tcpdump: no bytes of packets',
    ],
    [
      'UDP',
      tcpdumpLines(Buffer.from('4500001c000140004011000001020304050607080001000200080000', 'hex')),
      'no TCP packet',
    ],
    [
      'a fragment',
      tcpdumpLines(Buffer.from('4500001c000120004006000001020304050607080001000200080000', 'hex')),
      'a fragment',
    ],
    [
      'half a TCP header',
      tcpdumpLines(Buffer.from('45000028000140004006000001020304050607080001000200', 'hex')),
      'let tcpdump write all of it',
    ],
    ['no packet', tcpdumpLines(Buffer.from('ff00ff', 'hex')), 'neither an IP packet nor a PROXY header'],
    ['half an escape', '\\x0d\\x0', 'no escape of a byte'],
    ['an unknown escape', '\\x0d\\q', 'no escape of a byte'],
    ['too large an octal number', '\\777', 'no escape of a byte'],
    ['what cannot be printed among escapes', '\\x0d\u00e9', 'what cannot be printed'],
    ['bytes as they are', '\u0000\u0001', 'not text: bytes as they are go through xxd first'],
    ['anything else', 'hello', 'not hex'],
  ])('are refused in one clear answer where it is %s', async (_, text, message) => {
    const inputs = await bothWays(text)
    expect(taken(inputs)).toEqual([expect.stringContaining(message)])
    expect(inputs[0]?.kind).toBe('fault')
  })

  it('never throw, whatever they are, and every dump gives back what was dumped', async () => {
    const word = fc.constantFrom(
      '00000000: ',
      '\t0x0000:  ',
      '0d0a',
      'PROXY ',
      '\\x',
      '\n',
      '  ',
      '*',
      '45',
      'IP a > b: ',
      ' |',
      "'",
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(word, fc.string())), async (parts) => {
        const text = parts.join('')
        for (const input of [...argumentInputs([text]), ...(await fromLines(...text.split('\n')))])
          if (input.kind === 'bytes') decode(input.bytes)
      }),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 200 }),
        fc.integer({ min: 1, max: 32 }),
        async (bytes, columns) => {
          const hex = Buffer.from(bytes).toString('hex')
          // A byte in groups of two may look like the bits of `xxd -b`: it takes eight digits to.
          expect(taken(await fromLines(...xxd(bytes, columns).split('\n')))).toEqual([`xxd ${hex}`])
          expect(taken(await fromLines(...hexdumpC(bytes).split('\n')))).toEqual([`hexdump ${hex}`])
          const escapes = [...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')
          expect(taken([...argumentInputs([escapes])])).toEqual([`escapes ${hex}`])
        },
      ),
    )
  })
})

describe('proxy-protocol decode', { timeout: 60_000 }, () => {
  it('says what it took its input for, and gives encode what it reads', async () => {
    const table = await finish(['proxy-protocol', 'decode'], `${capture('ipv4')}\n`)
    expect(table.stdout).toMatch(/^taken for +tcpdump, 203\.0\.113\.9:40000 > 198\.51\.100\.2:25565$/m)
    expect(table.code).toBe(0)
    const { stdout } = await finish(['proxy-protocol', 'decode', '--json'], `${xxd(HEADER)}\n`)
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, form: 'xxd', source: { address: '203.0.113.7' } })
    expect((await finish(['proxy-protocol', 'encode'], stdout)).stdout).toBe(`${HEX}\n`)
  })
  it('fails for what it cannot read', async () => {
    const { stdout, code } = await finish(['proxy-protocol', 'decode', '\\x0d\\x0'])
    expect(stdout).toMatch(/^taken for +escapes\nrefused +no escape of a byte/)
    expect(code).toBe(1)
  })
})
