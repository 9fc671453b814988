import { type Decoded, decoded } from './decoded.ts'
import { cannotEncode, malformed } from './errors.ts'
import { FieldReader } from './field-reader.ts'
import { encodeString } from './field-writer.ts'
import { encodePacket } from './frame.ts'
import type { TextComponent } from './text/component.ts'
import { parseJson, readableText } from './text/json.ts'
import { type LenientJson, parseLenientJson } from './text/lenient-json.ts'

/** What a server list entry shows. */
export interface Status {
  readonly version: { readonly name: string; readonly protocol: number }
  /** Without it the client shows `???`. */
  readonly players?: StatusPlayers
  readonly description: TextComponent
  /** A PNG of 64 × 64 as `data:image/png;base64,…`. */
  readonly favicon?: string
}

export interface StatusPlayers {
  readonly max: number
  readonly online: number
  /** What hovering over the count shows, a line each; a client ignores the whole status if one `id` is no UUID. */
  readonly sample?: readonly { readonly name: string; readonly id?: string }[]
}

/** What a client sends after a handshake with intent `status`; `payload` is eight bytes to send back, a view. */
export type StatusRequest =
  | { readonly kind: 'status-request' }
  | { readonly kind: 'ping'; readonly payload: Uint8Array }

/**
 * What a server sends back. `json` is as it came, to be passed on or given to `decodeStatusJson`; `rest`, a view, is what
 * mods append behind it in the same packet.
 */
export type StatusReply =
  | { readonly kind: 'status-response'; readonly json: string; readonly rest?: Uint8Array }
  | { readonly kind: 'pong'; readonly payload: Uint8Array }

/** The longest string of the unmodified game, which a status with a large favicon approaches. */
export const STATUS_JSON_MAX_UNITS = 32_767
/** The longest status that is taken and passed on: those of large modpacks are longer than the game's own may be. */
export const LONG_STATUS_JSON_MAX_UNITS = 65_536
/** Frame length, packet id, string length, three bytes a unit. What is appended must fit in as well. */
export const STATUS_REPLY_MAX_BYTES: number = 3 + 5 + 5 + 3 * LONG_STATUS_JSON_MAX_UNITS
/** Mods nest their lists a few levels; clients and legacy answers must never meet a thousand. */
const STATUS_JSON_MAX_DEPTH = 80
/** Frame length, packet id, payload. */
export const STATUS_REQUEST_MAX_BYTES = 16

const STATUS_ID = 0
const PING_ID = 1
const PAYLOAD_BYTES = 8
const NO_UUID = '00000000-0000-0000-0000-000000000000'

/**
 * Decodes the next packet of a client that asked for the status. A request and a ping may arrive together: feed what
 * follows `consumedBytes` again.
 */
export function decodeStatusRequest(bytes: Uint8Array): Decoded<StatusRequest> {
  const reader = FieldReader.ofFrame(bytes, STATUS_REQUEST_MAX_BYTES)
  const idAt = reader.position
  switch (reader.varInt()) {
    case STATUS_ID:
      return reader.finish(() => ({ kind: 'status-request' }))
    case PING_ID: {
      const payload = reader.bytes(PAYLOAD_BYTES)
      return reader.finish(() => ({ kind: 'ping', payload }))
    }
    default:
      return reader.refuse('packet-id', idAt)
  }
}

/**
 * Decodes the next packet of a server that was asked for its status.
 *
 * @param limitBytes the longest frame to accept
 */
export function decodeStatusReply(
  bytes: Uint8Array,
  limitBytes: number = STATUS_REPLY_MAX_BYTES,
): Decoded<StatusReply> {
  const reader = FieldReader.ofFrame(bytes, limitBytes)
  const idAt = reader.position
  switch (reader.varInt()) {
    case STATUS_ID: {
      const json = reader.replacingString(LONG_STATUS_JSON_MAX_UNITS)
      const rest = reader.rest()
      return reader.finish(() => ({ kind: 'status-response', json, ...(rest.length > 0 && { rest }) }))
    }
    case PING_ID: {
      const payload = reader.bytes(PAYLOAD_BYTES)
      return reader.finish(() => ({ kind: 'pong', payload }))
    }
    default:
      return reader.refuse('packet-id', idAt)
  }
}

export function encodeStatusRequest(): Uint8Array {
  return encodePacket(STATUS_ID)
}

/**
 * Encodes the answer to a status request.
 *
 * @param json of `statusJson`, or as a backend sent it
 * @param rest what the backend had appended to it
 * @throws MinecraftError `too-long` over 65,536 characters; over 32,767 only modified clients read it
 */
export function encodeStatusResponse(json: string, rest: Uint8Array = new Uint8Array(0)): Uint8Array {
  return encodePacket(STATUS_ID, encodeString(json, LONG_STATUS_JSON_MAX_UNITS, 'a status'), rest)
}

/** Encodes a ping, or with the same payload its answer: the two packets are alike. */
export function encodePing(payload: Uint8Array): Uint8Array {
  if (payload.length !== PAYLOAD_BYTES) throw cannotEncode('out-of-range', `a ping payload of ${payload.length} bytes`)
  return encodePacket(PING_ID, payload)
}

/** The JSON of a status; every text in it is escaped, whatever it holds. */
export function statusJson({ version, players, description, favicon }: Status): string {
  return JSON.stringify({
    version: { name: version.name, protocol: version.protocol },
    players: players && {
      max: players.max,
      online: players.online,
      sample: players.sample?.map(({ name, id = NO_UUID }) => ({ name, id })),
    },
    description,
    favicon,
  })
}

/**
 * Decodes what a backend's status says, to show it in another form (a legacy ping). Servers leave things out: a part
 * that is missing or of an unexpected shape is left out here too, or empty.
 */
export function decodeStatusJson(json: string): Decoded<Status> {
  if (json.length > LONG_STATUS_JSON_MAX_UNITS) return malformed('json-length', 0)
  const parsed = parseStatusJson(json)
  if (parsed.kind === 'too-deep') return malformed('json-depth', 0)
  if (parsed.kind !== 'json') return malformed('json-syntax', 0)
  if (!isRecord(parsed.value)) return malformed('json-shape', 0)
  const { version, players, description, favicon } = parsed.value
  const decodedPlayers = playersOf(players)
  return decoded(
    {
      version: {
        name: isRecord(version) && typeof version.name === 'string' ? version.name : '',
        protocol: isRecord(version) && isInteger(version.protocol) ? version.protocol : -1,
      },
      ...(decodedPlayers && { players: decodedPlayers }),
      description: readableText(description),
      ...(typeof favicon === 'string' && { favicon }),
    },
    json.length,
  )
}

/** A backend's status as a value: strictly where that works, else as loosely as clients read it. */
export function parseStatusJson(json: string): LenientJson {
  const parsed = parseJson(json)
  return parsed.kind === 'json' ? parsed : parseLenientJson(json, STATUS_JSON_MAX_DEPTH)
}

function playersOf(players: unknown): StatusPlayers | undefined {
  if (!isRecord(players) || !isInteger(players.max) || !isInteger(players.online)) return undefined
  const { max, online, sample } = players
  return Array.isArray(sample) ? { max, online, sample: sample.flatMap(samplePlayer) } : { max, online }
}

function samplePlayer(player: unknown): { name: string; id?: string }[] {
  if (!isRecord(player) || typeof player.name !== 'string') return []
  return [typeof player.id === 'string' ? { name: player.name, id: player.id } : { name: player.name }]
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value)
}
