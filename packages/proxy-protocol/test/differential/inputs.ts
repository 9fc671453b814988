import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { crc32c } from '../../src/crc32c.ts'
import { concat, hex, latin1, SIGNATURE } from '../feed.ts'
import { plausibleBytes } from '../plausible.ts'

const GENERATED = 400
/** Bytes of the next protocol, behind every input: what reaches the backend shows where a header was taken to end. */
const PAYLOAD = latin1('= payload =')

const LINES = [
  'PROXY TCP4 999.999.999.999 1.2.3.4 1 2\r\n',
  'PROXY TCP4 1.2.3.4 5.6.7.8 65537 2\r\n',
  'PROXY TCP4 1.2.3.4 5.6.7.8  2\r\n',
  'PROXY TCP4 01.2.3.4 5.6.7.8 01 2\r\n',
  'PROXY TCP4 1.2.3.4 5.6.7.8 1 2 3\r\n',
  'PROXY TCP6 ::1 ::2 1 2 3\r\n',
  'PROXY TCP6 ::fff\0:1.2.3.4 ::1 1 2\r\n',
  'PROXY TCP6 ::ffff:1.2.3.4 ::1 1 2\r\n',
  'PROXY TCP6 1:2:3:4:5:6:7:: ::1 1 2\r\n',
  'PROXY TCP6 fe80::1%lo ::1 1 2\r\n',
  'PROXY TCP6 2001:db8::1 127.0.0.1 1234 8083\r\n',
  'PROXY TCP4 203.0.113.7 ::1 1234 8083\r\n',
  'PROXY UNKNOWNX\r\n',
  'PROXY UNKNOWN anything\r\n',
  'PROXY UNKNOWN\r\n',
  `PROXY UNKNOWN ${'x'.repeat(92)}\r\n`,
  `PROXY TCP6 ${'ffff:'.repeat(6)}255.255.255.255 ${'ffff:'.repeat(6)}255.255.255.255 65535 65535\r\n`,
  'PROXY TCP4 1.2.3.4 5.6.7.8 1 2',
]

const IPV4_TWICE = '7f0000017f000001c9a61f90'
const HEADERS = [
  ...['00', '01', '02', '10', '20', '30', '12', '22', '31', '32', '13', '41', 'ff'].map(
    (family) => `21${family}00d8${'01020304'.repeat(3)}${'00'.repeat(204)}`,
  ),
  ...['00', '11', '44'].map((family) => `20${family}000c${'00'.repeat(12)}`),
  '22110000',
  '2f11000c000000000000000000000000',
  '21120000',
  `21110015${IPV4_TWICE}000000000000000000`,
  `21110014${IPV4_TWICE}0300043a8d8b86`,
  `21110012${IPV4_TWICE}02000431323334`,
  `21110014${IPV4_TWICE}0200053132333435`,
  `21110090${IPV4_TWICE}050081${'41'.repeat(129)}`,
  `21110012${IPV4_TWICE}200003000000`,
  `21110017${IPV4_TWICE}20000801000000002100ff`,
]

/** The vectors, the places where implementations are known to differ, and some hundreds of generated inputs. */
export function inputs(): readonly Uint8Array[] {
  const { vectors }: { vectors: readonly { hex: string }[] } = JSON.parse(
    readFileSync(new URL('../fixtures/vectors.json', import.meta.url), 'utf8'),
  )
  const headers = [
    checksumTwice(),
    ...vectors.map((vector) => hex(vector.hex)),
    ...LINES.map(latin1),
    ...HEADERS.map((header) => hex(SIGNATURE, header)),
    ...fc.sample(plausibleBytes, { seed: 20261123, numRuns: GENERATED }),
  ]
  return headers.map((header) => concat(header, PAYLOAD))
}

/**
 * Two checksums, each right by the bytes that HAProxy has when it comes to it: it zeroes one in its buffer, checks it,
 * and goes on to the next.
 */
function checksumTwice(): Uint8Array {
  const header = hex(SIGNATURE, `2111001a${IPV4_TWICE}`, '0300040000000003000400000000')
  const view = new DataView(header.buffer)
  view.setUint32(38, crc32c(header, 31))
  view.setUint32(31, crc32c(header, 31))
  return header
}
