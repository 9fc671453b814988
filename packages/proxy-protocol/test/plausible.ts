import fc from 'fast-check'
import { concat, hex, IPV4_BLOCK, latin1, SIGNATURE } from './feed.ts'

/** Fragments of lines: right ones, and those that others take for right ones. */
const v1Field = fc.oneof(
  { weight: 4, arbitrary: fc.ipV4() },
  { weight: 4, arbitrary: fc.ipV6() },
  { weight: 4, arbitrary: fc.nat({ max: 70000 }).map(String) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('', ' ', '01', '+1', '256.1.1.1', '::ffff:1.2.3.4', '\0', '1:2', '\r', '\n'),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 50 }) },
)

const v1Line = fc
  .tuple(
    fc.constantFrom('TCP4', 'TCP6', 'TCP4', 'TCP6', 'UNKNOWN', 'UNKNOWNX', 'UDP4', ''),
    fc.array(v1Field, { minLength: 0, maxLength: 5 }),
    fc.constantFrom('\r\n', '\r\n', '\r\n', '\n', '\r', '', ' \r\n'),
  )
  .map(([word, fields, end]) => latin1(['PROXY', word, ...fields].join(' ') + end))

const goodLine = fc
  .tuple(fc.ipV4(), fc.ipV4(), fc.nat({ max: 65535 }), fc.nat({ max: 65535 }))
  .map(([source, destination, sourcePort, destinationPort]) =>
    latin1(`PROXY TCP4 ${source} ${destination} ${sourcePort} ${destinationPort}\r\n`),
  )

const tlvBytes = fc
  .tuple(fc.constantFrom(0x01, 0x02, 0x03, 0x04, 0x05, 0x20, 0x30, 0xe0, 0xea), fc.uint8Array({ maxLength: 12 }))
  .map(([type, value]) => concat([type, 0, value.length], value))

const v2Header = fc
  .tuple(
    fc.constantFrom(0x20, 0x21, 0x21, 0x21, 0x21, 0x22, 0x11),
    fc.constantFrom(0x00, 0x11, 0x12, 0x21, 0x22, 0x31, 0x10, 0x01, 0x13, 0x41),
    fc.constantFrom(0, 12, 36, 216),
    fc.array(tlvBytes, { maxLength: 3 }),
    fc.constantFrom(0, 0, 0, 0, 0, 1, -1, 300),
  )
  .map(([command, family, blockBytes, tlvs, error]) => {
    const block = concat(new Uint8Array(blockBytes).fill(0x2a), ...tlvs)
    const length = Math.max(0, block.length + error)
    return concat(hex(SIGNATURE), [command, family, length >>> 8, length & 0xff], block)
  })

/** A right header with some bytes changed, or cut. */
const mutated = fc
  .tuple(
    fc.oneof(v1Line, goodLine, v2Header, fc.constant(hex(SIGNATURE, '2111 000c', IPV4_BLOCK))),
    fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 2 }),
    fc.option(fc.nat(), { freq: 3 }),
  )
  .map(([bytes, changes, cut]) => {
    const changed = Uint8Array.from(bytes)
    for (const [at, byte] of changes) changed[at % Math.max(1, changed.length)] = byte
    return cut === null ? changed : changed.subarray(0, cut % (changed.length + 1))
  })

/** Bytes that get past the first checks of a decoder more often than arbitrary ones do. */
export const plausibleBytes: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  v1Line,
  goodLine,
  v2Header,
  mutated,
)
