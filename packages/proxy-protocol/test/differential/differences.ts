import type { Decoded, MalformedCode } from '../../src/index.ts'
import type { Outcome } from './peer.ts'

/** A kind of input on which a program is known to answer otherwise than this package; a row of the docs table. */
export interface Difference {
  /** As in the table of docs/proxy-protocol.md. */
  readonly id: string
  explains(input: Uint8Array, ours: Decoded, theirs: Outcome): boolean
}

const ADDRESSES_AND_PORTS: readonly MalformedCode[] = [
  'source-address',
  'destination-address',
  'source-port',
  'destination-port',
]
const TLVS: readonly MalformedCode[] = [
  'tlv-length',
  'crc32c',
  'crc32c-length',
  'crc32c-duplicate',
  'unique-id-length',
  'ssl-length',
]

function refusedAs(ours: Decoded, codes: readonly MalformedCode[]): boolean {
  return ours.kind === 'malformed' && codes.includes(ours.code)
}

function text(input: Uint8Array): string {
  return Buffer.from(input).toString('latin1')
}

/** Byte 14, where the input is a version 2 header with the command PROXY. */
function familyByte(input: Uint8Array): number | undefined {
  return input[0] === 0x0d && input[12] === 0x21 ? input[13] : undefined
}

function isTcp(byte: number): boolean {
  return byte === 0x11 || byte === 0x21
}

const partial: Difference = {
  id: 'partial-header',
  explains: (_, ours, theirs) => ours.kind === 'incomplete' && theirs.kind === 'refused',
}

const sslInside: Difference = {
  id: 'ssl-inside',
  explains: (input, ours, theirs) =>
    theirs.kind !== 'refused' && refusedAs(ours, ['ssl-length', 'tlv-length']) && input.indexOf(0x20, 16) >= 0,
}

const otherFamilies: Difference = {
  id: 'other-families',
  explains: (input, ours, theirs) => {
    const byte = familyByte(input)
    return byte !== undefined && !isTcp(byte) && ours.kind === 'header' && theirs.kind === 'refused'
  },
}

export const HAPROXY_DIFFERENCES: readonly Difference[] = [
  partial,
  {
    id: 'lenient-numbers',
    explains: (_, ours, theirs) => theirs.kind === 'end points' && refusedAs(ours, ADDRESSES_AND_PORTS),
  },
  {
    id: 'tcp6-extra-field',
    explains: (input, ours, theirs) =>
      theirs.kind === 'end points' && refusedAs(ours, ['line-end']) && text(input).startsWith('PROXY TCP6'),
  },
  { id: 'long-line', explains: (_, ours, theirs) => theirs.kind !== 'refused' && refusedAs(ours, ['line-too-long']) },
  {
    id: 'unknown-with-text',
    explains: (input, ours, theirs) =>
      ours.kind === 'header' && theirs.kind === 'refused' && text(input).startsWith('PROXY UNKNOWN '),
  },
  {
    id: 'destination-of-other-family',
    explains: (input, ours, theirs) =>
      theirs.kind === 'refused' && ours.kind === 'header' && ours.header.version === 1 && hasMixedLine(input),
  },
  otherFamilies,
  sslInside,
  {
    id: 'crc32c-twice',
    explains: (_, ours, theirs) => theirs.kind !== 'refused' && refusedAs(ours, ['crc32c-duplicate']),
  },
]

export const NGINX_DIFFERENCES: readonly Difference[] = [
  partial,
  {
    id: 'unchecked-text',
    explains: (_, ours, theirs) => theirs.kind === 'end points' && refusedAs(ours, ADDRESSES_AND_PORTS),
  },
  {
    id: 'unknown-prefix',
    explains: (input, ours, theirs) =>
      theirs.kind === 'own end points' && ours.kind !== 'header' && text(input).startsWith('PROXY UNKNOWN'),
  },
  {
    id: 'over-107-bytes',
    explains: (_, ours, theirs) => ours.kind === 'header' && theirs.kind === 'refused' && ours.headerBytes > 107,
  },
  {
    id: 'unknown-command',
    explains: (_, ours, theirs) => theirs.kind === 'own end points' && refusedAs(ours, ['command']),
  },
  {
    id: 'unknown-family',
    explains: (_, ours, theirs) =>
      theirs.kind === 'own end points' && refusedAs(ours, ['address-family', 'transport', 'too-short']),
  },
  {
    id: 'not-stream',
    explains: (input, _, theirs) => {
      const byte = familyByte(input)
      return byte !== undefined && !isTcp(byte) && theirs.kind === 'own end points'
    },
  },
  { id: 'tlvs-unchecked', explains: (_, ours, theirs) => theirs.kind !== 'refused' && refusedAs(ours, TLVS) },
]

function hasMixedLine(input: Uint8Array): boolean {
  const [, , source = '', destination = ''] = text(input).split(' ')
  return source.includes(':') !== destination.includes(':') || /^PROXY TCP4 [\d.]+ :/.test(text(input))
}
