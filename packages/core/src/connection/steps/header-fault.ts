import { type Fault, gatewayErrorText } from '@infrarust/proxy-protocol'
import { endpointText } from '../../addresses/socket-address.ts'
import { believesEverybody } from '../../proxy-header/trusted-peers.ts'
import { type Arrived, type Facts, type IntentKnown, knowSender } from '../facts.ts'
import type { Next, Turn } from '../turn.ts'
import { beginning, knownProtocol } from '../what-came.ts'

/** Neither `trusted` nor `trusted_file` means every peer; on an `optional` listener the configuration does not allow that. */
export function isHeaderTrusted({ listener, peer }: Facts): boolean {
  return believesEverybody(listener.proxyProtocol) || listener.isTrusted(peer.address)
}

/** Closes without an answer. Fatal for this connection, and only for it. */
export function refuseHeader(turn: Turn, facts: Arrived, fault: Fault): Next {
  noticeFault(turn, facts, fault)
  if (fault.code !== 'no-signature') return turn.close('proxy_protocol')
  const { unread } = turn.bytes
  const came = whatCame(unread) ?? `something else (${beginning(unread)})`
  return turn.closeFor('proxy_protocol', `${came} came instead of a PROXY header`)
}

export function noticeFault(turn: Turn, facts: Arrived, fault: Fault): void {
  const hint = hintFor(fault, facts, turn.bytes.unread)
  noticeHeader(turn, facts, `${gatewayErrorText(fault)}${hint}`)
}

function hintFor({ code }: Fault, { listener }: Arrived, bytes: Uint8Array): string {
  switch (code) {
    case 'no-signature':
      return noSignatureHint(bytes)
    case 'too-long':
      return tooLongHint(bytes, listener.proxyProtocol.maxHeaderBytes)
    case 'untrusted':
      return '; if it is a load balancer of yours, name it in [proxy_protocol] trusted'
    default:
      return ''
  }
}

/** A version 2 header says how long it is; a version 1 line is too long when its end has not come. */
function tooLongHint(bytes: Uint8Array, limitBytes: number): string {
  return `${announcedText(bytes)}; [proxy_protocol] max_header_size is ${limitBytes} bytes, raise it for a sender with long TLVs`
}

function announcedText(bytes: Uint8Array): string {
  const [first, , , , , , , , , , , , , , high, low] = bytes
  if (first === FIRST_OF_A_LINE || high === undefined) return ''
  // The first byte of the length may be too much by itself.
  return low === undefined
    ? `: it announces at least ${16 + high * 256} bytes`
    : `: it announces ${16 + high * 256 + low} bytes`
}

const FIRST_OF_A_LINE = 0x50

/**
 * A header behind a header, the most frequent mistake in a chain: whoever sent the first did not read the one that it got,
 * and passed it on as a client's bytes. The first names the hop before as the client, which must not be banned for it: the
 * record names the peer, also where that client has been refused already.
 */
export function refuseSecondHeader(turn: Turn, facts: Arrived): Next {
  knowSender(facts)
  noticeHeader(
    turn,
    facts,
    'InvalidProxyProtocol: a second PROXY header behind the first; let this peer read the one that it gets (HAProxy: ' +
      'accept-proxy on its bind line, nginx: proxy_protocol on its listen line, Infrarust: receive_proxy_protocol = true), ' +
      'or let the hop before it send none',
  )
  turn.overrule('proxy_protocol')
  return turn.close('proxy_protocol')
}

/** A header where none is expected: recognised, so that nobody has to guess why players see "Bad packet id 10". */
export function refuseUnexpectedHeader(turn: Turn, facts: Arrived): Next {
  noticeHeader(
    turn,
    facts,
    'InvalidProxyProtocol: a PROXY header where none is expected; set receive_proxy_protocol = true (or ' +
      '[proxy_protocol] mode = "required"), with trusted = [...] naming its sender, or let the sender stop',
  )
  return turn.close('proxy_protocol')
}

/**
 * A login at a Unix socket, behind a header that names nobody. There is no address that a ban, a filter or a limit could be
 * about, and none to tell the server: only what health checks ask for is answered there.
 */
export function refuseUnknownPlayer(turn: Turn, facts: Arrived | IntentKnown): Next {
  noticeHeader(
    turn,
    facts,
    `InvalidProxyProtocol: a login behind a ${facts.receivedHeader?.command} header, and at a Unix socket nothing else says who the ` +
      'player is; let this peer send the address of each client (HAProxy: send-proxy-v2, nginx: proxy_protocol on)',
  )
  return turn.close('proxy_protocol')
}

/** The most common mistake in this field: players reach a listener that only load balancers should, or the other way. */
function noSignatureHint(bytes: Uint8Array): string {
  const known = whatCame(bytes)
  const what = known === undefined ? `; ${beginning(bytes)}` : `; it looks like ${known}`
  return (
    `${what}. If this peer is a load balancer, let it send a PROXY header (HAProxy: send-proxy-v2); if players connect ` +
    'here directly, set receive_proxy_protocol = false, or [proxy_protocol] mode = "optional" with trusted = [...]'
  )
}

function whatCame(bytes: Uint8Array): string | undefined {
  return knownProtocol(bytes) ?? (looksLikeMinecraft(bytes) ? 'a Minecraft handshake' : undefined)
}

/** A frame whose packet id is 0, or a legacy ping. */
function looksLikeMinecraft([first, second, third]: Uint8Array): boolean {
  if (first === 0xfe) return true
  return first !== undefined && (first < 0x80 ? second === 0 : third === 0)
}

/** The line in the log: what, from whom, where. */
function noticeHeader(turn: Turn, { peer, listener }: Facts, text: string): void {
  turn.noteFault(text)
  const ending = `listener ${listener.name})`
  const { address, port } = peer
  turn.context.notice({
    level: 'warn',
    message: `${text} (peer ${endpointText({ host: address, port })}, ${ending}`,
    messageWith: (addressText) => `${text} (peer ${addressText(address)} port ${port}, ${ending}`,
  })
}
