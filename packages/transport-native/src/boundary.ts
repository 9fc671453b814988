import {
  CIPHER_KEY_BYTES,
  KEEP_ALIVE_AFTER_MS,
  LINGER_BYTES,
  LINGER_MS,
  LISTEN_BACKLOG,
  MOST_PENDING_BYTES,
  READ_BYTES,
  READS_LEFT,
  RELAY_PENDING_BYTES,
  SMALLEST_READ_BYTES,
  UNIX_PATH_MAX_BYTES,
  UNIX_SOCKET_MODE,
  UNREAD_ANSWER_MS,
} from '@infrarust/core/transport'

/**
 * Everything that JavaScript and the relay threads must agree on, written down once. This side uses it as it stands;
 * `pnpm run boundary` writes `native/boundary.hpp` from it for the other.
 *
 * Records cross one behind the other in one buffer, little-endian, at any offset: a head, then the fields of their kind,
 * then bytes of any length.
 */

/** To JavaScript: `ReportHead`, then what is named here. */
export const REPORT = {
  /** `Accepted`, the two address texts, the first bytes. */
  accepted: 1,
  /** `Answering`, all unconsumed bytes. */
  bytes: 2,
  /** detail: how; `Answering`. */
  ended: 3,
  /** detail: attempt; count: failures; `Dialled`, `Failure`s. */
  dialled: 4,
  /** count: failures; `Answering`, `Failure`s. */
  dialFailed: 5,
  /** `Answering`. */
  overrun: 6,
  /** `Answering`. */
  deadline: 7,
  /** detail: by; count: how; `Finished`. */
  finished: 8,
  /** `OfListener`. This thread does not touch the listening socket any more. */
  unlistened: 9,
  /** `AcceptPaused`. */
  acceptPaused: 10,
  /** `Answering`, all unconsumed bytes of the backend. */
  serverBytes: 11,
  /** detail: how; `Answering`. */
  serverEnded: 12,
} as const

/** From JavaScript: `OrderHead`, and of a decision `DecisionFields` and the key of its cipher, then what is named here. */
export const ORDER = {
  await: 1,
  /** detail: 1 to close after it. The bytes. */
  respond: 2,
  hold: 3,
  /** detail: 1 for a parley; count: attempts; `RelayFields`, and of each attempt `AttemptFields`, its address text, its head. */
  relay: 4,
  /** detail: 1 to reset. */
  close: 5,
  /** `ListenFields`; no decision. */
  listen: 6,
  /** `OfListener`; no decision. */
  unlisten: 7,
  /** No decision. */
  destroyAll: 8,
  /** detail: 1 to pump; `ParleyFields`, what the client gets, what the backend gets. */
  parley: 9,
} as const

/** Whose end came first, and how. */
export const BY = { nobody: 0, client: 1, server: 2, gateway: 3 } as const
export const HOW = { fin: 0, reset: 1, idle: 2, closed: 3 } as const

/** How an attempt to dial ended; its number is an errno or, of a timeout, the milliseconds. */
export const FAILED = {
  /** Before the connect. */
  connecting: 0,
  /** After it; errno 0: FIN. */
  connected: 1,
  connectTimeout: 2,
  notAnAddress: 3,
} as const

type Width = 'u8' | 'u16' | 'u32' | 'i32' | 'f64'
type Fields = Readonly<Record<string, Width>>
/** Where each field begins, and how long all of them are. */
type Layout<F extends Fields> = { readonly [Field in keyof F]: number } & { readonly bytes: number }

const WIDTH_BYTES: Readonly<Record<Width, number>> = { u8: 1, u16: 2, u32: 4, i32: 4, f64: 8 }

/** The records, field by field. What is of no use stands there too: nothing is aligned in silence. */
export const RECORDS = {
  ReportHead: { length: 'u32', kind: 'u8', detail: 'u8', count: 'u16', id: 'f64', at: 'f64' },
  Accepted: { listener: 'u32', peerPort: 'u16', localPort: 'u16', peerBytes: 'u8', localBytes: 'u8', unused: 'u16' },
  Answering: { seq: 'u32', unused: 'u32' },
  Dialled: { seq: 'u32', isParley: 'u32', connectMs: 'f64' },
  Failure: { attempt: 'u8', how: 'u8', unused: 'u16', number: 'i32' },
  Finished: { bytesIn: 'f64', bytesOut: 'f64' },
  OfListener: { listener: 'u32' },
  AcceptPaused: { listener: 'u32', error: 'i32' },
  OrderHead: { length: 'u32', kind: 'u8', detail: 'u8', count: 'u16', id: 'f64' },
  DecisionFields: {
    seq: 'u32',
    consumed: 'u32',
    shown: 'u32',
    maxBytes: 'u32',
    isEndTold: 'u32',
    cipherBytes: 'u32',
    deadlineAt: 'f64',
  },
  ParleyFields: { consumed: 'u32', shown: 'u32', maxBytes: 'u32', isEndTold: 'u32', toClientBytes: 'u32' },
  RelayFields: { replayLimitBytes: 'u32', idleMs: 'u32', halfClosedIdleMs: 'u32' },
  AttemptFields: { headBytes: 'u32', connectTimeoutMs: 'u32', port: 'u16', addressBytes: 'u8', unused: 'u8' },
  ListenFields: { listener: 'u32', fd: 'i32', isWildcard: 'u32' },
} as const

export const REPORT_HEAD: Layout<typeof RECORDS.ReportHead> = layoutOf(RECORDS.ReportHead)
export const ACCEPTED: Layout<typeof RECORDS.Accepted> = layoutOf(RECORDS.Accepted)
export const ANSWERING: Layout<typeof RECORDS.Answering> = layoutOf(RECORDS.Answering)
export const DIALLED: Layout<typeof RECORDS.Dialled> = layoutOf(RECORDS.Dialled)
export const FAILURE: Layout<typeof RECORDS.Failure> = layoutOf(RECORDS.Failure)
export const FINISHED: Layout<typeof RECORDS.Finished> = layoutOf(RECORDS.Finished)
export const OF_LISTENER: Layout<typeof RECORDS.OfListener> = layoutOf(RECORDS.OfListener)
export const ACCEPT_PAUSED: Layout<typeof RECORDS.AcceptPaused> = layoutOf(RECORDS.AcceptPaused)
export const ORDER_HEAD: Layout<typeof RECORDS.OrderHead> = layoutOf(RECORDS.OrderHead)
export const DECISION: Layout<typeof RECORDS.DecisionFields> = layoutOf(RECORDS.DecisionFields)
export const PARLEY: Layout<typeof RECORDS.ParleyFields> = layoutOf(RECORDS.ParleyFields)
export const RELAY: Layout<typeof RECORDS.RelayFields> = layoutOf(RECORDS.RelayFields)
export const ATTEMPT: Layout<typeof RECORDS.AttemptFields> = layoutOf(RECORDS.AttemptFields)

function layoutOf<F extends Fields>(fields: F): Layout<F> {
  const offsets: Record<string, number> = {}
  let bytes = 0
  for (const [field, width] of Object.entries(fields)) {
    offsets[field] = bytes
    bytes += WIDTH_BYTES[width]
  }
  return { ...offsets, bytes } as Layout<F>
}

/** A connection's id is a generation, then so many bits for its thread, then for its slot. */
export const SLOT_BITS = 20
export const THREAD_BITS = 6

/** `unix:` and the longest path of a socket. An IPv6 address with a `%` and the name of an interface is shorter. */
export const LONGEST_ADDRESS_BYTES: number = 5 + UNIX_PATH_MAX_BYTES

/** Pipes for bulk, of all native transports of a process. */
export const MOST_PIPES = 64
/**
 * Pipes take two descriptors each, of the tenth of the limit of open files that the program keeps from sessions, beyond so
 * many that it needs for itself. It counts the same way when it says how many sessions fit.
 */
const OWN_DESCRIPTORS = 48

/** What the threads are told of numbers: those of the contract, and those of this boundary. */
export const CONSTANTS: Readonly<Record<string, number>> = {
  CIPHER_KEY_BYTES,
  LINGER_BYTES,
  LINGER_MS,
  UNREAD_ANSWER_MS,
  READ_BYTES,
  MOST_PENDING_BYTES,
  RELAY_PENDING_BYTES,
  SMALLEST_READ_BYTES,
  READS_LEFT,
  KEEP_ALIVE_AFTER_MS,
  LISTEN_BACKLOG,
  SLOT_BITS,
  THREAD_BITS,
  LONGEST_ADDRESS_BYTES,
  MOST_PIPES,
  OWN_DESCRIPTORS,
  UNIX_PATH_MAX_BYTES,
  UNIX_SOCKET_MODE,
}
