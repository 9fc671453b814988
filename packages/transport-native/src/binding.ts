declare const ENGINE: unique symbol

/** One native transport behind the boundary. Its threads end at `close`, or with the environment that made it. */
export interface Engine {
  readonly [ENGINE]: true
}

/** What `native/binding.cpp` exports. */
export interface Binding {
  /**
   * Starts the threads.
   *
   * @param wake called when there is something to `take`
   */
  open(threads: number, wake: () => void): Engine
  /** For relays from now on. No idle time: no keep-alive. */
  keepAlive(engine: Engine, idleSeconds: number, intervalSeconds: number, probes: number): void
  /**
   * @param address an IP address, or a Unix socket, whose port is 0
   * @returns the address bound, or the negated errno and the system call that failed
   */
  listen(engine: Engine, listener: number, address: string, port: number): [string, number] | [number, string]
  /**
   * Takes the next reports, as many whole records (`native/message.hpp`) as fit.
   *
   * @returns their bytes, 0 where there are none; minus the bytes of the next record where not even that fits
   */
  take(engine: Engine, into: ArrayBuffer): number
  /** Gives a thread a batch of whole order records. */
  send(engine: Engine, thread: number, orders: ArrayBuffer, bytes: number): void
  /** Writes bytes in and bytes out; false when the connection is gone. */
  counters(engine: Engine, id: number, thread: number, into: ArrayBuffer): boolean
  /** Whether the process stays for this transport. */
  hold(engine: Engine, isBusy: boolean): void
  /** Joins the threads and closes every descriptor that is left. */
  close(engine: Engine): void
  /** Ciphers in place, piece by piece, with AES-128-CFB8; for tests. `isPlain`: without the instructions for it. */
  cfb8(key: ArrayBuffer, bytes: ArrayBuffer, isDecrypting: boolean, isPlain: boolean, pieceBytes: number): void
  /** The same for pieces of several streams, one behind the other: enciphers them side by side. For tests. */
  cfb8Together(keys: ArrayBuffer, bytes: ArrayBuffer, counts: ArrayBuffer, isPlain: boolean): void
  /** Monotonic milliseconds. */
  now(): number
}

const FUNCTIONS = [
  'open',
  'keepAlive',
  'listen',
  'take',
  'send',
  'counters',
  'hold',
  'close',
  'cfb8',
  'cfb8Together',
  'now',
] as const

/** Whether this is the addon: one of another version may lie where it is looked for. */
export function isBinding(exports: unknown): exports is Binding {
  if (typeof exports !== 'object' || exports === null) return false
  const functions = new Map<string, unknown>(Object.entries(exports))
  return FUNCTIONS.every((name) => typeof functions.get(name) === 'function')
}
