import { isIPv4, isIPv6 } from 'node:net'

/** A network in 128 bits, IPv4 behind `::ffff:`. */
export interface PlainNetwork {
  readonly number: bigint
  readonly bits: number
}

/** What `parseCidr` reads, in the plainest way. */
export function plainNetwork(text: string): PlainNetwork | undefined {
  const [, address = '', , suffix] = /^\s*([^\s/]*)(\/(0|[1-9]\d*))?\s*$/.exec(text) ?? []
  const number = numberOf(address)
  if (number === undefined) return undefined
  const bits = suffix === undefined ? 128 : Number(suffix) + (isIPv4(address) ? 96 : 0)
  const isMapped = number >> 32n === 0xffffn
  if (bits > 128 || (isMapped && bits < 96) || number % (1n << BigInt(128 - bits)) !== 0n) return undefined
  return { number, bits }
}

/** The number of an address without a zone, IPv4 behind `::ffff:`. */
export function numberOf(address: string): bigint | undefined {
  if (isIPv4(address)) return 0xffff_0000_0000n + BigInt(`0x${hexOf(address)}`)
  if (!isIPv6(address) || address.includes('%')) return undefined
  const quad = /[^:]*\.[^:]*$/.exec(address)?.[0]
  const written = quad === undefined ? address : address.replace(quad, hexOf(quad).replace(/^.{4}/, '$&:'))
  const [before = [], behind] = written.split('::').map((part) => part.split(':').filter((group) => group !== ''))
  const groups =
    behind === undefined ? before : [...before, ...new Array(8 - before.length - behind.length).fill('0'), ...behind]
  return BigInt(`0x${groups.map((group) => group.padStart(4, '0')).join('')}`)
}

function hexOf(quad: string): string {
  return quad
    .split('.')
    .map((byte) => Number(byte).toString(16).padStart(2, '0'))
    .join('')
}
