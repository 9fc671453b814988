import type { Dump } from './dump-result.ts'
import { type Segment, tcpSegment } from './packet.ts'

/** One direction of a connection. */
interface Direction {
  readonly from: string
  readonly to: string
  /** Sequence number of the first byte, where the packet is there that says so. */
  first: number | undefined
  /** It has answered a connect, so it is the side that sends no header. */
  hasAnswered: boolean
  readonly segments: Segment[]
  bytes: number
}

/** More than a header and what belongs to it; of a long capture the rest is not kept. */
const KEPT_BYTES = 131_072
/** Nobody looks at more, and somebody's capture of a day would fill the memory. */
const MAX_DIRECTIONS = 4_096

/** Packets as tcpdump has dumped them, put together to the first bytes of each stream. */
export class Capture {
  /** By both ends; a connection that begins anew between the same ends takes the place of the one before. */
  readonly #current = new Map<string, Direction>()
  readonly #all: (Direction | Dump)[] = []
  #packets = 0
  #hasTooMany = false

  /** @param packet from its IP header on, or from one of the link before it */
  add(packet: Uint8Array): void {
    this.#packets++
    if (this.#all.length >= MAX_DIRECTIONS) {
      this.#hasTooMany = true
      return
    }
    const found = tcpSegment(packet)
    if (found.kind === 'segment') this.#place(found.segment)
    else if (found.kind === 'payload') this.#all.push({ kind: 'bytes', form: 'tcpdump', bytes: packet })
    else
      this.#all.push({
        kind: 'fault',
        form: 'tcpdump',
        offset: 0,
        message: `tcpdump: packet ${this.#packets}: ${found.message}`,
      })
  }

  /** The first bytes of each stream that may begin with a header. */
  streams(): readonly Dump[] {
    const found = this.#all.flatMap((each): readonly Dump[] => ('kind' in each ? [each] : this.#stream(each)))
    if (this.#hasTooMany)
      return [
        ...found,
        { kind: 'fault', form: 'tcpdump', offset: 0, message: 'tcpdump: more streams than are looked at' },
      ]
    if (found.length > 0) return found
    const message =
      this.#packets === 0
        ? 'tcpdump: no bytes of packets; let it write them: tcpdump -X'
        : 'tcpdump: no packet that a client has sent carries data'
    return [{ kind: 'fault', form: 'tcpdump', offset: 0, message }]
  }

  #place(segment: Segment): void {
    const { from, to, isSyn, isAck, sequence } = segment
    const key = `${from} > ${to}`
    let direction = this.#current.get(key)
    const first = (sequence + 1) >>> 0
    if (direction === undefined || (isSyn && direction.first !== undefined && direction.first !== first)) {
      direction = { from, to, first: undefined, hasAnswered: false, segments: [], bytes: 0 }
      this.#current.set(key, direction)
      this.#all.push(direction)
    }
    if (isSyn) {
      direction.first = first
      direction.hasAnswered = isAck
    }
    if (segment.payload.length === 0 || direction.bytes > KEPT_BYTES) return
    direction.segments.push(segment)
    direction.bytes += segment.payload.length
  }

  #stream(direction: Direction): readonly Dump[] {
    const { from, to, first, hasAnswered, segments } = direction
    const other = this.#current.get(`${to} > ${from}`)
    const isServer = hasAnswered || (first === undefined && other?.first !== undefined && !other.hasAnswered)
    if (segments.length === 0 || isServer) return []
    const missing = first === undefined ? ' (how it began was not captured)' : ''
    return [
      { kind: 'bytes', form: 'tcpdump', bytes: putTogether(segments, first), stream: `${from} > ${to}${missing}` },
    ]
  }
}

/** In the order of the stream, each byte once, up to the first that is missing. */
function putTogether(segments: readonly Segment[], first: number | undefined): Uint8Array {
  const reference = first ?? segments[0]?.sequence ?? 0
  const placed = segments
    // Numbers of 32 bits that go round: what is far ahead is behind.
    .map(({ sequence, payload }) => ({ at: (sequence - reference) | 0, payload }))
    .sort((a, b) => a.at - b.at)
  const start = first === undefined ? (placed[0]?.at ?? 0) : 0
  const parts: Uint8Array[] = []
  let end = start
  for (const { at, payload } of placed) {
    if (at > end) break
    const fresh = payload.subarray(end - at)
    parts.push(fresh)
    end += fresh.length
  }
  return Buffer.concat(parts)
}
