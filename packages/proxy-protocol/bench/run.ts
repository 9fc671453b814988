/** Operations a second on one core, beside the libraries on the registry that decode the same input: `pnpm bench`. */
import balena from '@balena/proxy-protocol-parser'
import { crc32cTlv, decode, encodeV1, encodeV2, formatIPv4, type HeaderToEncode } from '@infrarust/proxy-protocol'
import proxyProtocolJs from 'proxy-protocol-js'
import { plainIPv4 } from '../test/plain.ts'

const ROUNDS = 5
const ROUND_MS = 400

const pair = {
  command: 'PROXY',
  source: { address: '203.0.113.7', port: 54321 },
  destination: { address: '198.51.100.2', port: 25565 },
} as const
const text = (value: string): Uint8Array => Uint8Array.from(Buffer.from(value))
const fiveTlvs: HeaderToEncode = {
  ...pair,
  tlvs: [
    { type: 0x01, value: text('h2') },
    { type: 0x02, value: text('play.example.com') },
    { type: 0x05, value: text('0123456789abcdef') },
    { type: 0xea, value: text('\u0001vpce-08d2bf15fac5001c9') },
    { type: 0x04, value: new Uint8Array(8) },
  ],
}
const withChecksum: HeaderToEncode = { ...fiveTlvs, tlvs: [crc32cTlv(), ...(fiveTlvs.tlvs?.slice(0, 4) ?? [])] }

const line = Buffer.from(encodeV1(pair))
const lineText = line.toString('latin1')
const ipv4 = Buffer.from(encodeV2(pair))
const ipv6 = Buffer.from(encodeV2({ ...pair, source: { address: '2001:db8::7', port: 54321 } }))
const tlvs = Buffer.from(encodeV2(fiveTlvs))
const checksum = Buffer.from(encodeV2(withChecksum))

const cases: Record<string, Record<string, () => unknown>> = {
  'decode v1 TCP4': {
    ours: () => decode(line),
    'proxy-protocol-js': () => proxyProtocolJs.V1ProxyProtocol.parse(lineText),
    balena: () => balena.decode(line),
  },
  'decode v2 IPv4': {
    ours: () => decode(ipv4),
    'proxy-protocol-js': () => proxyProtocolJs.V2ProxyProtocol.parse(ipv4),
    balena: () => balena.decode(ipv4),
  },
  'decode v2 IPv6': {
    ours: () => decode(ipv6),
    'proxy-protocol-js': () => proxyProtocolJs.V2ProxyProtocol.parse(ipv6),
    balena: () => balena.decode(ipv6),
  },
  'decode v2 IPv4, five TLVs': { ours: () => decode(tlvs) },
  'decode v2 IPv4, five TLVs, CRC32C': { ours: () => decode(checksum) },
  'IPv4 as text': { ours: () => formatIPv4(ipv4, 16), plain: () => plainIPv4(ipv4.subarray(16, 20)) },
  'encode v2 IPv4': { ours: () => encodeV2(pair) },
  'encode v2 IPv4, five TLVs, CRC32C': { ours: () => encodeV2(withChecksum) },
}

for (const [name, rivals] of Object.entries(cases)) {
  const rates = Object.entries(rivals).map(([rival, run]) => `${rival} ${millions(run)}`)
  console.log(`${name.padEnd(36)} ${rates.join('   ')}`)
}

/**
 * The best of several rounds, in millions a second of processor time, the collector's included: on a busy machine the
 * clock on the wall measures the neighbours.
 */
function millions(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    return `cannot (${error instanceof Error ? error.message : error})`
  }
  let best = 0
  for (let round = 0; round < ROUNDS; round++) {
    let count = 0
    const start = process.cpuUsage()
    let elapsedMs = 0
    while (elapsedMs < ROUND_MS) {
      for (let batch = 0; batch < 2000; batch++) run()
      count += 2000
      const { user, system } = process.cpuUsage(start)
      elapsedMs = (user + system) / 1000
    }
    best = Math.max(best, count / elapsedMs / 1000)
  }
  return `${best.toFixed(2)} M/s`
}
