import { encodeV2, TLV_TYPES } from '@infrarust/proxy-protocol'
import { type ListPing, listPing, ownHeader, type PingResult } from './list-ping.ts'

/** One address of a server, and what it does with each kind of opening. */
export interface EndpointFindings {
  /** `host:port`. */
  readonly address: string
  readonly none: PingResult
  readonly v1: PingResult
  readonly v2: PingResult
  /** A `loop` that goes through others: this is not an address of the proxy, and leads there. */
  readonly by_others?: true
}

export type Target = Pick<ListPing, 'endpoint' | 'address'>

/** The longest that one try may take. */
const TRY_MS = 3_000

/** Tries all three at once: of a mute backend it is known after two tries' time what it does, and not after four. */
export async function tryEndpoint(target: Target, shownAs: string): Promise<EndpointFindings> {
  const [none, v1, local] = await Promise.all([
    ping(target, undefined),
    ping(target, ownHeader(1, 'proxy')),
    ping(target, ownHeader(2, 'local')),
  ])
  return { address: shownAs, none, v1, v2: await secondLook(target, none, local) }
}

/** What LOCAL alone does not tell. */
async function secondLook(target: Target, none: PingResult, local: PingResult): Promise<PingResult> {
  switch (local) {
    case 'unreachable':
      return local
    case 'answered':
      // Taken with and without: by a server that reads headers where there are some, or by one that skips what it
      // does not understand. The second kind loses the player's address.
      return none === 'answered' ? await ping(target, unskippableV2) : local
    default:
      // Some servers mishandle LOCAL: they close, or never answer. They are asked as a player would be relayed.
      return await ping(target, ownHeader(2, 'proxy'))
  }
}

async function ping(target: Target, header: ListPing['header']): Promise<PingResult> {
  return (await listPing({ ...target, header, timeoutMs: TRY_MS })).kind
}

/**
 * LOCAL with padding, which a server that knows headers reads over. Read as Minecraft frames a plain header is one of 13
 * bytes, an empty one, and one for the rest, and a lenient server skips them all; here the last one announces 512 bytes,
 * so that it waits for more than there is.
 */
function unskippableV2(): Uint8Array {
  const header = new Uint8Array(16 + UNSKIPPABLE_BYTES)
  header.set(encodeV2({ command: 'LOCAL' }))
  header.set([UNSKIPPABLE_BYTES, TLV_TYPES.NOOP, 0, UNSKIPPABLE_BYTES - 3], 15)
  return header
}

/** From 128 on the length of the block is the first byte of two as a frame length, and the TLV type is the other. */
const UNSKIPPABLE_BYTES = 128
