/** For who writes a transport: the contract, its numbers, and the reference on `node:net`. */

export { type InternetAddress, type SocketAddress, UNIX_PEER, type UnixAddress } from '../addresses/socket-address.ts'
export { isUnixName, UNIX_PATH_MAX_BYTES, type UnixName, unixPath } from '../addresses/unix-name.ts'
export type {
  Attempt,
  AttemptFailure,
  Await,
  Close,
  ConnectionHandler,
  ConnectionId,
  Decision,
  End,
  Hold,
  KeepAlive,
  ListenOptions,
  LiveCounters,
  Parley,
  Relay,
  Respond,
  Transport,
  TransportFactory,
  TransportInput,
  TransportNotice,
  TransportOptions,
} from '../transport/contract.ts'
export { type DecidedAbout, decisionFault } from '../transport/decision-fault.ts'
export { type DialEnd, dialFailure } from '../transport/dial-failure.ts'
export { isExhausted } from '../transport/exhausted.ts'
export type { KeepAliveConfig } from '../transport/keep-alive-keys.ts'
export {
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
  UNREAD_ANSWER_MS,
} from '../transport/limits.ts'
export { nodeTransport } from '../transport/node/node-transport.ts'
export type { TransportConfig } from '../transport/transport-keys.ts'
export { type BoundName, boundName, removeName, removeStaleSocket, UNIX_SOCKET_MODE } from '../transport/unix-socket.ts'
