import { type Fault, gatewayErrorText } from '@infrarust/proxy-protocol'
import { endpointText } from '../../addresses/socket-address.ts'
import type { Arrived, Facts } from '../facts.ts'
import type { Next, Turn } from '../turn.ts'

/** Absent `trusted` means every peer; on an `optional` listener the configuration does not allow that. */
export function isBelieved({ listener, peer }: Facts): boolean {
  return listener.proxyProtocol.trusted === undefined || listener.isTrusted(peer.address)
}

/** Closes without an answer. Fatal for this connection, and only for it. */
export function refuseHeader(turn: Turn, facts: Arrived, fault: Fault): Next {
  noticeFault(turn, facts, fault)
  return turn.close('proxy_protocol')
}

export function noticeFault(turn: Turn, facts: Arrived, fault: Fault): void {
  const hint = fault.code === 'no-signature' ? noSignatureHint(turn.bytes.unread) : ''
  noticeHeader(turn, facts, `${gatewayErrorText(fault)}${hint}`)
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
function noticeHeader(turn: Turn, { peer, listener }: Arrived, text: string): void {
  turn.noteFault(text)
  const message = `${text} (peer ${endpointText({ host: peer.address, port: peer.port })}, listener ${listener.name})`
  turn.context.notice({ level: 'warn', message })
}
