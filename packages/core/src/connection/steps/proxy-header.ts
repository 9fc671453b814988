import { FIRST_MESSAGE_MAX_BYTES, LOGIN_START_MAX_BYTES } from '@infrarust/minecraft'
import { beginsHeader, type Header, type InternetEndpoint, type Tlv } from '@infrarust/proxy-protocol'
import { canonical, type SocketAddress } from '../../addresses/socket-address.ts'
import { headerDue } from '../clocks.ts'
import { type Arrived, knowHeader, type ReceivedHeader } from '../facts.ts'
import type { StepInput } from '../input.ts'
import type { StateOf } from '../state.ts'
import type { Next, Turn } from '../turn.ts'
import { admitClient } from './admit.ts'
import { isHeaderTrusted, noticeFault, refuseHeader } from './header-fault.ts'

/** Reads the PROXY header, or finds that there is none where it may be missing. */
export function readProxyHeader(turn: Turn, state: StateOf<'proxy-header'>, input: StepInput): Next {
  const { facts } = state
  switch (input.kind) {
    case 'entered':
    case 'bytes':
      if (turn.bytes.unreadBytes === 0) return awaitHeader(turn, facts)
      return state.hasBegun ? decodeHeader(turn, state) : lookAhead(turn, state)
    case 'ended':
      if (state.hasBegun) return refuseHeader(turn, facts, { code: 'closed' })
      return turn.close(input.how === 'reset' ? 'client_reset' : 'client_closed')
    case 'deadline':
      // Where a header may stand or not, none came: a player may be slower than a load balancer.
      if (!state.hasBegun) return admitClient(turn, facts)
      if (facts.overCapacity !== undefined) return turn.close(facts.overCapacity.reason)
      noticeFault(turn, facts, { code: 'timeout' })
      return turn.close('header_timeout')
    default:
      return undefined
  }
}

/** On an `optional` listener: two bytes tell a header from a Minecraft frame of 13 or 80 bytes, one does not. */
function lookAhead(turn: Turn, state: StateOf<'proxy-header'>): Next {
  const { facts } = state
  switch (beginsHeader(turn.bytes.unread)) {
    case 'undecided':
      return awaitHeader(turn, facts)
    case 'no':
      return admitClient(turn, facts)
    case 'yes':
      if (!isHeaderTrusted(facts)) return refuseHeader(turn, facts, { code: 'untrusted' })
      return turn.goOn({ ...state, hasBegun: true })
  }
}

function decodeHeader(turn: Turn, { facts, decoder }: StateOf<'proxy-header'>): Next {
  const decoded = decoder.decode(turn.bytes.unread)
  switch (decoded.kind) {
    case 'incomplete':
      return awaitHeader(turn, facts)
    case 'malformed':
      return refuseHeader(turn, facts, decoded)
    case 'header':
      turn.bytes.drop(decoded.headerBytes)
      acceptHeader(facts, decoded.header, decoded.headerBytes)
      return admitClient(turn, facts)
  }
}

function awaitHeader(turn: Turn, facts: Arrived): Next {
  const { maxHeaderBytes } = facts.listener.proxyProtocol
  return turn.await(headerDue(facts), maxHeaderBytes + FIRST_MESSAGE_MAX_BYTES + LOGIN_START_MAX_BYTES)
}

/** Takes over what a believed header says. */
function acceptHeader(facts: Arrived, header: Header, headerBytes: number): void {
  const { version } = header
  if (header.family !== 'IPv4' && header.family !== 'IPv6') {
    // LOCAL, or UNKNOWN: the end points of the socket stand.
    const command = header.command === 'LOCAL' ? 'LOCAL' : 'UNKNOWN'
    knowHeader(facts, { version, command, headerBytes, destination: undefined, tlvs: NO_TLVS }, undefined)
    return
  }
  const isTrusted = header.tlvs.length > 0 && facts.listener.isTrusted(facts.peer.address)
  const receivedHeader: ReceivedHeader = {
    version,
    command: 'PROXY',
    headerBytes,
    destination: endOf(header.destination),
    // Copies: these are views into the transport's buffer.
    tlvs: isTrusted ? header.tlvs.map(({ type, value }) => ({ type, value: value.slice() })) : NO_TLVS,
  }
  knowHeader(facts, receivedHeader, endOf(header.source))
}

const NO_TLVS: readonly Tlv[] = []

/** The decoder writes canonical text, but for a mapped address. */
function endOf(endpoint: InternetEndpoint): SocketAddress {
  return endpoint.address.startsWith('::ffff:') ? canonical(endpoint) : endpoint
}
