import { FIRST_MESSAGE_MAX_BYTES, LOGIN_START_MAX_BYTES } from '@infrarust/minecraft'
import {
  beginsHeader,
  canonicalAddress,
  Decoder,
  type Fault,
  gatewayErrorText,
  type Header,
  type InternetEndpoint,
  type Tlv,
} from '@infrarust/proxy-protocol'
import type { SocketAddress } from '../addresses/socket-address.ts'
import { admitClient } from './admit.ts'
import type { Connection, Next } from './connection.ts'
import { endpointText } from './endpoint-text.ts'
import { GO_ON } from './go-on.ts'
import { REFUSAL_READ_MS } from './refuse.ts'
import type { StateOf, StepInput } from './state.ts'

/** What a believed header says. */
export interface ReceivedHeader {
  readonly version: 1 | 2
  readonly command: 'PROXY' | 'LOCAL' | 'UNKNOWN'
  readonly headerBytes: number
  /** Where the client wanted to go, as the sender of the header saw it; not there after LOCAL and UNKNOWN. */
  readonly destination: SocketAddress | undefined
  /** To pass on; empty where the sender is not written down as trusted. */
  readonly tlvs: readonly Tlv[]
}

/** Whether this peer is to send a header, may send one, or must not. */
export function admitPeer(connection: Connection, _: StateOf<'accepted'>, { at }: StepInput): Next {
  const { mode, maxHeaderBytes, versions } = connection.listener.proxyProtocol
  if (mode === 'off') return admitClient(connection, at)
  // Whatever this peer sends is refused, so it is not waited for.
  if (mode === 'required' && !isBelieved(connection)) return refuseHeader(connection, { code: 'untrusted' }, at)
  const decoder = new Decoder({ limitBytes: maxHeaderBytes, versions, onlyTcp: true })
  connection.enter({ name: 'proxy-header', decoder, hasBegun: mode === 'required' }, at)
  return GO_ON
}

export function readProxyHeader(connection: Connection, state: StateOf<'proxy-header'>, input: StepInput): Next {
  const { at } = input
  switch (input.kind) {
    case 'entered':
    case 'bytes':
      if (connection.intake.unreadBytes === 0) return awaitHeader(connection)
      return state.hasBegun ? decodeHeader(connection, state, at) : lookAhead(connection, state, at)
    case 'ended':
      if (state.hasBegun) return refuseHeader(connection, { code: 'closed' }, at)
      return connection.close(input.how === 'reset' ? 'client_reset' : 'client_closed', at)
    case 'deadline':
      // Where a header may stand or not, none came: a player may be slower than a load balancer.
      if (!state.hasBegun) return admitClient(connection, at)
      if (connection.turnedAway !== undefined) return connection.close(connection.turnedAway.reason, at)
      noticeFault(connection, { code: 'timeout' })
      return connection.close('header_timeout', at)
    default:
      return undefined
  }
}

/** On an `optional` listener: two bytes tell a header from a Minecraft frame of 13 or 80 bytes, one does not. */
function lookAhead(connection: Connection, state: StateOf<'proxy-header'>, at: number): Next {
  switch (beginsHeader(connection.intake.unread)) {
    case 'undecided':
      return awaitHeader(connection)
    case 'no':
      return admitClient(connection, at)
    case 'yes':
      if (!isBelieved(connection)) return refuseHeader(connection, { code: 'untrusted' }, at)
      connection.enter({ ...state, hasBegun: true }, at)
      return GO_ON
  }
}

function decodeHeader(connection: Connection, state: StateOf<'proxy-header'>, at: number): Next {
  const decoded = state.decoder.decode(connection.intake.unread)
  switch (decoded.kind) {
    case 'incomplete':
      return awaitHeader(connection)
    case 'malformed':
      return refuseHeader(connection, decoded, at)
    case 'header':
      believe(connection, decoded.header, decoded.headerBytes)
      return admitClient(connection, at)
  }
}

function awaitHeader(connection: Connection): Next {
  const { timeoutMs, maxHeaderBytes } = connection.listener.proxyProtocol
  // One clock from the accept: no byte restarts it.
  const patienceMs = connection.turnedAway === undefined ? timeoutMs : Math.min(timeoutMs, REFUSAL_READ_MS)
  const deadlineAt = connection.acceptedAt + patienceMs
  return connection.await(deadlineAt, maxHeaderBytes + FIRST_MESSAGE_MAX_BYTES + LOGIN_START_MAX_BYTES)
}

/** Absent `trusted` means every peer; on an `optional` listener the configuration does not allow that. */
function isBelieved({ listener, peer }: Connection): boolean {
  return listener.proxyProtocol.trusted === undefined || listener.isTrusted(peer.address)
}

/** Whether a header that is believed may still come, and say that the client is not the peer. */
export function mayBecomeAnother(connection: Connection): boolean {
  const { listener, state } = connection
  return (
    listener.proxyProtocol.mode !== 'off' &&
    (state.name === 'accepted' || state.name === 'proxy-header') &&
    isBelieved(connection)
  )
}

function believe(connection: Connection, header: Header, headerBytes: number): void {
  connection.intake.drop(headerBytes)
  if (header.family === 'IPv4' || header.family === 'IPv6') {
    connection.client = canonical(header.source)
    const isTrusted = header.tlvs.length > 0 && connection.listener.isTrusted(connection.peer.address)
    connection.receivedHeader = {
      version: header.version,
      command: 'PROXY',
      headerBytes,
      destination: canonical(header.destination),
      // Copies: these are views into the transport's buffer.
      tlvs: isTrusted ? header.tlvs.map(({ type, value }) => ({ type, value: value.slice() })) : NO_TLVS,
    }
    return
  }
  // LOCAL, or UNKNOWN: the end points of the socket stand.
  connection.isHealthCheck = true
  const command = header.command === 'LOCAL' ? 'LOCAL' : 'UNKNOWN'
  connection.receivedHeader = { version: header.version, command, headerBytes, destination: undefined, tlvs: NO_TLVS }
}

const NO_TLVS: readonly Tlv[] = []

/** Rules and logs know one text for each address, and mapped addresses do not slip past IPv4 networks. */
function canonical(endpoint: InternetEndpoint): SocketAddress {
  const { address, port } = endpoint
  return address.startsWith('::ffff:') ? { address: canonicalAddress(address) ?? address, port } : endpoint
}

/** Closes without an answer. Fatal for this connection, and only for it. */
function refuseHeader(connection: Connection, fault: Fault, at: number): Next {
  noticeFault(connection, fault)
  return connection.close('proxy_protocol', at)
}

function noticeFault(connection: Connection, fault: Fault): void {
  const hint = fault.code === 'no-signature' ? noSignatureHint(connection.intake.unread) : ''
  noticeHeader(connection, `${gatewayErrorText(fault)}${hint}`)
}

/** The most common mistake in this field: players reach a listener that only load balancers should, or the other way. */
function noSignatureHint(bytes: Uint8Array): string {
  const what = looksLikeMinecraft(bytes) ? '; it looks like a Minecraft handshake' : ''
  return (
    `${what}. If this peer is a load balancer, let it send a PROXY header (HAProxy: send-proxy-v2); if players connect ` +
    'here directly, set receive_proxy_protocol = false, or [proxy_protocol] mode = "optional" with trusted = [...]'
  )
}

/** A frame whose packet id is 0, or a legacy ping. */
function looksLikeMinecraft([first, second, third]: Uint8Array): boolean {
  if (first === 0xfe) return true
  return first !== undefined && (first < 0x80 ? second === 0 : third === 0)
}

/** The line in the log: what, from whom, where. */
function noticeHeader(connection: Connection, text: string): void {
  connection.headerFault = text
  const { peer, listener, surroundings } = connection
  const from = endpointText({ host: peer.address, port: peer.port })
  surroundings.notice({ level: 'warn', message: `${text} (peer ${from}, listener ${listener.name})` })
}

/** A header where none is expected: recognised, so that nobody has to guess why players see "Bad packet id 10". */
export function refuseUnexpectedHeader(connection: Connection, at: number): Next {
  noticeHeader(
    connection,
    'InvalidProxyProtocol: a PROXY header where none is expected; set receive_proxy_protocol = true (or ' +
      '[proxy_protocol] mode = "required"), with trusted = [...] naming its sender, or let the sender stop',
  )
  return connection.close('proxy_protocol', at)
}
