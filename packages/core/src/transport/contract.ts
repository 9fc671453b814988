import type { SocketAddress } from '../addresses/socket-address.ts'

/**
 * The contract between the connection logic, which decides, and a transport, which has the sockets and the clock.
 *
 * The transport feeds *inputs* about one connection to the handler and carries out the *decision* that comes back.
 * Each connection has one decision in force: the newest. Rules that both sides keep:
 *
 * 1. `accepted` is the first input of a connection, `finished` the last; each comes exactly once.
 * 2. Every decision carries `seq`, one higher than the one before it. A transport ignores a decision whose `seq` is
 *    not above the one in force, or whose connection is gone. `dialled`, `dial-failed`, `overrun` and `deadline` name
 *    the decision that they answer, and the logic ignores them when another one is in force by then.
 * 3. `bytes` shows everything that came from the client and was not consumed yet, from its first byte on, up to the
 *    decision's `maxBytes`. It is a view into the transport's buffer, valid until the handler returns. `consumed` on a
 *    decision drops that many bytes from the front of what the last `bytes` input showed and no decision dropped since
 *    (0 where none was shown). What is left after a decision consumed something counts as not yet shown: the logic is
 *    in another state by then. What was shown and left whole is not shown again until more has come. In a parley all of
 *    this holds for each side by itself: `server-bytes` and `consumedFromServer` are that of the backend.
 * 4. A transport stops reading at the decision's `maxBytes` of unconsumed bytes. (One that cannot choose the size of a
 *    read holds at most one read of 64 KiB more, and does not show it.)
 * 5. The clock runs in the transport, the deadline is a number on the decision: monotonic milliseconds as in `at`;
 *    `Infinity` is none. It never comes early, and once for a decision. One that comes late or not at all because the
 *    decision changed does no harm.
 * 6. Before the first decision nothing is read (a transport with threads of its own tells `accepted` with the first
 *    bytes in hand: at most 2 KiB). An input for which the handler decides nothing leaves all as it was.
 * 7. The handler is never called from inside `decide`; what a decision leads to at once is told after it returned.
 * 8. Once a relay stands, only `close` is carried out; anything else is a fault of ours and ends the connection with
 *    `error`, as does a handler that throws. A decision that crossed a `dialled` not yet told is nobody's fault: it ends
 *    the connection in order; of a parley, from which nothing has moved by then, it is carried out. After `close`, or
 *    `respond` then close, only `close` with `reset` still is carried out; anything else is ignored.
 * 9. In a parley only `parley`, `respond` then close, and `close` are carried out, and `parley` nowhere else: whatever
 *    breaks this is a fault of ours, as is a second cipher, or one that is not CIPHER_KEY_BYTES long.
 */

/** Names one connection. It carries a generation: no number is used twice while the process lives. */
export type ConnectionId = number

/** What a transport tells about one connection. `at` is monotonic milliseconds. */
export type TransportInput =
  /**
   * A connection is there. Addresses are canonical (`::ffff:a.b.c.d` is `a.b.c.d`, no zone). At a Unix socket `peer` is
   * UNIX_PEER, and `local` the socket.
   */
  | {
      readonly kind: 'accepted'
      readonly at: number
      readonly listener: string
      readonly peer: SocketAddress
      readonly local: SocketAddress
    }
  /** All unconsumed bytes of the client; a view (rule 3). Only while `await` (or `respond` then await) is in force. */
  | { readonly kind: 'bytes'; readonly at: number; readonly bytes: Uint8Array }
  /**
   * The client's side is closed. `fin`: it can still read. `reset`: it is gone, `finished` follows by itself.
   * In the order of the stream: while bytes are shown, `fin` comes after the last of them was. Each comes at most once,
   * `fin` not after `reset`. Not sent once a relay stands or a close is under way; `finished` tells it then. In a parley,
   * and in the dial before it, `fin` is not passed on: that comes with `pump`.
   */
  | { readonly kind: 'ended'; readonly at: number; readonly how: 'fin' | 'reset' }
  /** All unconsumed bytes of the backend; a view (rule 3). Only while a `parley` is in force. */
  | { readonly kind: 'server-bytes'; readonly at: number; readonly bytes: Uint8Array }
  /** The backend's side is closed, told after the last of its bytes was shown. Once, and only while a `parley` is in force. */
  | { readonly kind: 'server-ended'; readonly at: number; readonly how: 'fin' | 'reset' }
  /** An attempt stands: the backend's first byte is there. `connectMs`: from the start of this attempt to its connect. */
  | {
      readonly kind: 'dialled'
      readonly at: number
      readonly decision: number
      readonly attempt: number
      readonly connectMs: number
      /** The earlier attempts that failed, in order. */
      readonly failures: readonly AttemptFailure[]
    }
  /** Every attempt failed, in order. */
  | {
      readonly kind: 'dial-failed'
      readonly at: number
      readonly decision: number
      readonly failures: readonly AttemptFailure[]
    }
  /** During a `hold`: there are more than `maxBytes` unconsumed bytes, those shown before included. Once. */
  | { readonly kind: 'overrun'; readonly at: number; readonly decision: number }
  /** The deadline of the decision in force has passed. */
  | { readonly kind: 'deadline'; readonly at: number; readonly decision: number }
  /** The connection is over and its descriptors are closed. */
  | {
      readonly kind: 'finished'
      readonly at: number
      /** Every byte received from the client, a PROXY header included. */
      readonly bytesIn: number
      /** Every byte handed to the kernel for the client. */
      readonly bytesOut: number
      readonly end: End
    }

/**
 * Whose end came first in time and how; a reset counts as an end of its own only where no FIN was before it.
 * A backend's end counts once its attempt stands.
 */
export type End =
  | { readonly by: 'client' | 'server'; readonly how: 'fin' | 'reset' }
  /** No byte for the relay's idle time, or the half-closed one. */
  | { readonly by: 'gateway'; readonly how: 'idle' }
  /** A `close`, a `respond` then close, `Transport.close`, or a client that did not read its answer. */
  | { readonly by: 'gateway'; readonly how: 'closed' }
  /** A fault of our own; `message` is for the operator. */
  | { readonly by: 'gateway'; readonly how: 'error'; readonly message: string }

/**
 * Why one attempt to dial failed. `closed_early`: it accepted, then FIN or reset came before any byte of it. `exhausted`:
 * this process or machine has no descriptor or memory left for the dial (`isExhausted`), which is no fault of the backend.
 */
export interface AttemptFailure {
  readonly attempt: number
  readonly cause: 'refused' | 'unreachable' | 'timeout' | 'closed_early' | 'error' | 'exhausted'
  /** For the operator, such as `ECONNREFUSED`. */
  readonly message: string
}

interface Numbered {
  /** One higher than that of the decision before it; the first is 1. */
  readonly seq: number
  /** Bytes to drop from the front of what the last `bytes` input showed. */
  readonly consumed: number
}

/**
 * Where the stream with the client becomes AES-128-CFB8, once in a connection. Inbound from the byte behind what this
 * decision consumes: all that is left counts as not yet shown and comes again, decrypted; a view that crossed the decision
 * is outdated. Outbound from this decision's own bytes on: what earlier decisions gave leaves as it is. Bytes are ciphered
 * once, when they are handed over. From then on the logic sees and gives plain bytes, a relay takes and gives the backend
 * plain bytes, and the last text of a close is ciphered as any other. Counts are of the wire.
 */
interface Ciphering {
  /** CIPHER_KEY_BYTES, which are both key and initialisation vector. Read while the decision is taken, and not kept. */
  readonly cipher?: Uint8Array
}

/** Collect more bytes until the deadline. Unconsumed bytes that are not yet shown (rule 3) are delivered at once. */
export interface Await extends Numbered, Ciphering {
  readonly kind: 'await'
  readonly deadlineAt: number
  readonly maxBytes: number
}

/**
 * Send these bytes, then await more (a ping after a status), exactly as `await` does, or close in order. A client that
 * has not taken them after UNREAD_ANSWER_MS (`limits.ts`) is reset, and sooner where MOST_PENDING_BYTES wait. Never
 * written into.
 */
export interface Respond extends Numbered, Ciphering {
  readonly kind: 'respond'
  readonly bytes: Uint8Array
  readonly then:
    | { readonly kind: 'await'; readonly deadlineAt: number; readonly maxBytes: number }
    | { readonly kind: 'close' }
}

/**
 * Something asynchronous is under way. Keep the client, go on reading up to `maxBytes` to notice when it goes away
 * (past it: `overrun`, and no more is read); nothing is delivered until the next `await`, only `ended`.
 */
export interface Hold extends Numbered, Ciphering {
  readonly kind: 'hold'
  readonly deadlineAt: number
  readonly maxBytes: number
}

/** One address to dial. */
export interface Attempt {
  /** An IP address, names are resolved before; or a Unix socket (`isUnixName`). */
  readonly address: string
  /** Of a Unix socket there is none. */
  readonly port: number | undefined
  /** What the backend gets first, in one segment where it fits: PROXY header, handshake, all that the client sent. */
  readonly head: Uint8Array
  readonly connectTimeoutMs: number
}

/**
 * Dial the attempts in order, send the attempt's head and then what the client sends, and pump both ways once the
 * backend's first byte is there. FIN or reset of the backend before any byte of it fails the attempt (`closed_early`);
 * head and the client bytes since are replayed to the next one, as long as no more than `replayLimitBytes` of client
 * bytes (head not counted) were sent: until the attempt stands the transport reads and sends no more than that from the
 * client. Those bytes stay unconsumed until an attempt stands, so that an `await` after `dial-failed` shows them. A FIN
 * of the client is passed on behind them, to every attempt. `connectTimeoutMs` ends with the connect: silence after it
 * is no failure. When no attempt is left: `dial-failed`. `deadlineAt` bounds all of it until an attempt stands; there
 * the transport gives up dialling and tells `deadline`; afterwards it is void.
 *
 * `dialled` is told when the backend's first byte is there; that byte does not wait for it (a transport with threads of
 * its own passes it on without JavaScript). In a standing relay, FIN of either side is passed on and
 * the other direction goes on. A reset of the backend closes the client in order (`close` with `end`): what the backend
 * sent before may say why. A reset of the client closes the backend after what was read from the client was written.
 * A Unix socket knows no reset: one that is closed altogether looks like a FIN until something is written to it, and shows as
 * a reset where bytes were left unread in it.
 */
export interface Relay extends Numbered {
  readonly kind: 'relay'
  readonly attempts: readonly Attempt[]
  readonly deadlineAt: number
  readonly replayLimitBytes: number
  /** End a relay that moved no byte either way for so long; 0: never. */
  readonly idleMs: number
  /** The same once one side has ended, counted from that end at the earliest. */
  readonly halfClosedIdleMs: number
  /**
   * With the backend's first byte a parley begins instead of the pump. An attempt is sent its head and nothing else: bytes of
   * the client are read up to `replayLimitBytes` and stay unsent, unshown and unconsumed. That first byte stays with the
   * transport too: after `dialled` nothing moves, and nothing is read, before a decision.
   */
  readonly parley?: true
}

/**
 * The logic has the bytes of both sides of a relay whose attempt stands. Carried out in this order: the consumed bytes of
 * each side are dropped; `toClient` and `toServer` are queued; with `pump`, what is left of each side follows, then a FIN
 * that was seen already, and the relay stands: its idle clocks begin, and `deadlineAt` and the maxima are void.
 *
 * A side is read only while it is below its maximum and the other has taken all that is queued for it. A client that does
 * not read is given no time of its own (UNREAD_ANSWER_MS): `deadlineAt` is the bound. After `server-ended` what is queued for the
 * backend goes to nobody, if it was a reset. `respond` then close, and `close`, drop the backend; what is queued for the
 * client goes first all the same.
 */
export interface Parley extends Numbered, Ciphering {
  readonly kind: 'parley'
  /** Bytes to drop from the front of what the last `server-bytes` input showed. */
  readonly consumedFromServer: number
  readonly toClient: Uint8Array
  readonly toServer: Uint8Array
  readonly deadlineAt: number
  /** How many unconsumed bytes of the client are read. */
  readonly maxBytes: number
  /** The same of the backend. */
  readonly maxServerBytes: number
  readonly then: 'parley' | 'pump'
}

/**
 * End the connection. `end`: flush, shut down writing, read and discard up to LINGER_BYTES or LINGER_MS, then destroy
 * (closing with unread bytes makes the kernel send a reset, and a kick text before it is lost). A client that keeps us
 * from flushing is reset after UNREAD_ANSWER_MS. `reset`: at once. On a relay both sides are ended, the same way.
 */
export interface Close extends Numbered {
  readonly kind: 'close'
  readonly how: 'end' | 'reset'
}

/** What a transport is to do with a connection next; one is in force at a time. */
export type Decision = Await | Respond | Hold | Relay | Parley | Close

/** The logic behind a transport. It never throws for what a peer sent. */
export interface ConnectionHandler {
  /** Takes one input; the decision that is now in force, or undefined where the one before stands. */
  input(id: ConnectionId, input: TransportInput): Decision | undefined
}

/** Where a transport listens. */
export interface ListenOptions {
  /** The name that `accepted` carries. */
  readonly name: string
  /** An IP address or the name of one; or a Unix socket (`isUnixName`). */
  readonly host: string
  /** 0 lets the system choose; of a Unix socket there is none. */
  readonly port: number | undefined
}

/** What a transport says about itself, for the operator. */
export interface TransportNotice {
  readonly level: 'info' | 'warn' | 'error'
  readonly message: string
}

/** How the kernel probes relays that are silent; everything before them has a deadline. */
export interface KeepAlive {
  readonly isEnabled: boolean
  /** Idle time before the first probe. */
  readonly initialDelayMs: number
  /** Between probes. */
  readonly intervalMs: number
  /** Unanswered probes after which the connection is dead. */
  readonly probes: number
}

/** What a transport is made of. */
export interface TransportOptions {
  readonly handler: ConnectionHandler
  readonly notice: (notice: TransportNotice) => void
  readonly keepAlive: KeepAlive
}

/** How many bytes a relay has moved so far, from the client and to it. */
export interface LiveCounters {
  readonly bytesIn: number
  readonly bytesOut: number
}

/** Owns listening sockets, connections and dials. Both implementations pass `transportContract` of `core/testing`. */
export interface Transport {
  readonly kind: 'node' | 'native'
  /** Monotonic milliseconds, the clock of every `at` and `deadlineAt`. */
  now(): number
  /**
   * Binds one listening socket and starts accepting. A Unix socket is for its owner and its group (mode 0660, whatever the
   * umask); what a killed process has left on its path is replaced, what a living one listens on is not.
   * @returns the address bound
   * @throws the system's error (`code` `EADDRINUSE`, …) where the address cannot be bound; `ENOTSOCK` where something else
   *   has the path of a Unix socket
   */
  listen(options: ListenOptions): Promise<SocketAddress>
  /** Closes one listening socket, or all of them, so that their ports are free and their paths gone; connections go on. */
  stopListening(name?: string): Promise<void>
  /** Takes these settings over for relays from now on. */
  keepAlive(settings: KeepAlive): void
  /** Carries out a decision that no input of the transport asked for: a wait was settled, a kick, the shutdown. */
  decide(id: ConnectionId, decision: Decision): void
  /**
   * Bytes so far; undefined once the connection is finished. Never blocks a relay: a peer may have the last bytes a moment
   * before they are counted here. What `finished` says is exact.
   */
  counters(id: ConnectionId): LiveCounters | undefined
  /** Stops listening and destroys every connection; resolves when each has been `finished`. */
  close(): Promise<void>
}

/** Makes a transport: `nodeTransport`, or that of a package. */
export type TransportFactory = (options: TransportOptions) => Transport
