import { BlockList } from 'node:net'
import { canonicalAddress, parseCidr } from '../index.ts'

/** The peers whose word about the client is taken: addresses and networks (`10.0.0.0/8`), or all of them. */
export type Trusted = readonly string[] | 'anyone'

/** @throws {TypeError} for an entry that is no address and no network */
export function trustCheck(trusted: Trusted): (peerAddress: string | undefined) => boolean {
  if (trusted === 'anyone') return () => true
  // A list each: in one, BlockList finds every IPv4 address in ::/1, which has ::ffff:0:0/96 in it.
  const networks = { ipv4: new BlockList(), ipv6: new BlockList() }
  for (const entry of trusted) {
    const parsed = parseCidr(entry)
    if (parsed.kind === 'invalid')
      throw new TypeError(`trusted: "${entry}" is neither an address nor a network like 10.0.0.0/8: ${parsed.message}`)
    const { family, address, prefix } = parsed.cidr
    networks[family].addSubnet(address, prefix, family)
  }
  return (peerAddress) => {
    const address = peerAddress === undefined ? undefined : canonicalAddress(peerAddress)
    if (address === undefined) return false
    const family = address.includes(':') ? 'ipv6' : 'ipv4'
    return networks[family].check(address, family)
  }
}
