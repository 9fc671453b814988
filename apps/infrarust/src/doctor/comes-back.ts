import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { type Endpoint, encodeOwnHeader, endsOf, type Server, statusPort, whereIs } from '@infrarust/core'
import { encodeHandshake, NEWEST_PROTOCOL_VERSION } from '@infrarust/minecraft'

/** Whether the proxy that runs has a connection for this name now. */
export type IsHere = (domain: string) => Promise<boolean>

const CONNECT_MS = 3_000
const LOOKS = 5
const BETWEEN_LOOKS_MS = 100

/**
 * Whether what is sent to an address comes back to this proxy by way of others, such as a load balancer or a published port.
 * A handshake goes there for a name that nobody else can have, with the header that a player's would have; then it waits,
 * and the proxy is asked whether it came. It asks for nothing, so no server has anything to do.
 */
export async function comesBack(
  endpoint: Endpoint,
  sends: Server['sendProxyProtocol'],
  isHere: IsHere,
): Promise<boolean> {
  const domain = `${randomUUID()}.invalid`
  const socket = connect(whereIs(endpoint))
  // What an address answers or does not is found out by others.
  socket.on('error', () => {})
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(CONNECT_MS) })
    if (sends !== false) socket.write(encodeOwnHeader(sends, 'proxy', ...endsOf(socket)))
    const port = statusPort(endpoint)
    socket.write(encodeHandshake({ protocolVersion: NEWEST_PROTOCOL_VERSION, address: domain, port, intent: 'status' }))
    for (let look = 0; look < LOOKS && !socket.closed; look++) {
      await setTimeout(BETWEEN_LOOKS_MS)
      if (await isHere(domain)) return true
    }
    return false
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
