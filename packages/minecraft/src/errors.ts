const MALFORMED = {
  'varint-too-long': 'a VarInt goes on after its fifth byte',
  'frame-length': 'the frame length goes on after its third byte',
  'frame-too-long': 'the frame is longer than is accepted here',
  'packet-id': 'the packet id is not one that belongs here',
  'past-end': 'a field goes on after the end of its packet',
  'trailing-bytes': 'bytes follow the last field of the packet',
  'array-length': 'a byte array is longer than its field allows, or its length is negative',
  'string-length': 'a string is longer than its field allows, or its length is negative',
  'utf-8': 'a string is not valid UTF-8',
  'utf-16': 'a string is not valid UTF-16',
  intent: 'the intent is not 1 (status), 2 (login) or 3 (transfer)',
  name: 'the player name is empty',
  uuid: 'a UUID is not one',
  'data-length': 'a compressed packet is longer than is accepted here, or not as long as it says',
  compression: 'what should be compressed data cannot be inflated',
  signature: 'the signature does not fit: this was not signed with the same secret',
  'forwarding-version': 'the forwarding data is of a version that is not known',
  forwarding: 'the address does not hold a host, a client address and a UUID, with NULs between them',
  port: 'the port is not between 0 and 65535',
  'ping-channel': 'a 1.6 list ping does not name the channel MC|PingHost',
  'ping-length': 'the length inside a 1.6 list ping does not fit its host name',
  'json-length': 'the JSON is longer than is accepted here',
  'json-syntax': 'the text is not JSON',
  'json-depth': 'the JSON is nested too deeply',
  'json-shape': 'the JSON is not what was expected here',
} as const

const CANNOT_ENCODE = {
  'too-long': 'is longer than the protocol allows',
  'out-of-range': 'is outside of the range of its field',
} as const

/** What can be wrong with bytes or JSON from a peer. A code never changes its meaning. */
export type MalformedCode = keyof typeof MALFORMED

/** The bytes cannot become valid any more; `offset` is that of the field or byte that decided it. */
export interface Malformed {
  readonly kind: 'malformed'
  readonly code: MalformedCode
  readonly offset: number
}

export function malformed(code: MalformedCode, offset: number): Malformed {
  return { kind: 'malformed', code, offset }
}

/** What can be wrong with a value that is to be encoded. */
export type EncodeCode = keyof typeof CANNOT_ENCODE

/** The one error of this package. Decoders do not throw it: they return `malformed`, see `malformedError`. */
export class MinecraftError extends Error {
  override readonly name = 'MinecraftError'
  readonly code: MalformedCode | EncodeCode
  /** Offset of the faulty byte or field; absent where a value could not be encoded. */
  readonly offset: number | undefined

  constructor(code: MalformedCode | EncodeCode, message: string, offset?: number) {
    super(message)
    this.code = code
    this.offset = offset
  }
}

/** What is wrong, for the operator: one line, without a full stop. */
export function describeMalformed({ code, offset }: Malformed): string {
  // JSON is judged as a whole.
  return code.startsWith('json-') ? MALFORMED[code] : `${MALFORMED[code]} (at byte ${offset})`
}

/** Turns a `malformed` value into an error, for faces that throw. */
export function malformedError(fault: Malformed): MinecraftError {
  return new MinecraftError(fault.code, describeMalformed(fault), fault.offset)
}

/** The error for a value that the protocol cannot say; `what` names the value. */
export function cannotEncode(code: EncodeCode, what: string): MinecraftError {
  return new MinecraftError(code, `${what} ${CANNOT_ENCODE[code]}`)
}
