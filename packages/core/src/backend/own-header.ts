import { encodeV1, encodeV2 } from '@infrarust/proxy-protocol'
import type { InternetAddress } from '../addresses/socket-address.ts'
import type { Server } from '../server/server.ts'

/** What a PROXY header of the proxy's own connections says: never the address of a client. */
export type OwnHeader = 'local' | 'proxy'

/**
 * Encodes the header of a connection that the proxy makes for itself, of the version that its server wants.
 *
 * @param says `local` is LOCAL in version 2 and UNKNOWN in version 1, which means the same; `proxy` names the socket's
 *   own end points, for backends that refuse the former
 * @see PROXY protocol, sections 2.1 and 2.2
 */
export function encodeOwnHeader(
  version: Server['sendProxyProtocol'],
  says: OwnHeader,
  own: InternetAddress,
  backend: InternetAddress,
): Uint8Array {
  if (version === false) return NO_HEADER
  if (says === 'local') return encodeLocalHeader(version)
  const header = { command: 'PROXY', source: own, destination: backend } as const
  return version === 1 ? encodeV1(header) : encodeV2(header)
}

/** The header that names nobody, of the version that a server wants. */
export function encodeLocalHeader(version: Server['sendProxyProtocol']): Uint8Array {
  if (version === false) return NO_HEADER
  return version === 1 ? encodeV1({ command: 'LOCAL' }) : encodeV2({ command: 'LOCAL' })
}

const NO_HEADER: Uint8Array = new Uint8Array(0)

/**
 * Which endpoints have closed a LOCAL connection without a byte and answered another kind: known receivers do (Paper,
 * netty before 4.1, HAProxy for a LOCAL with addresses). One that did is asked that way from then on.
 */
export class HeaderMemory {
  readonly #refusesLocal = new Set<string>()

  headerFor(endpoint: string): OwnHeader {
    return this.#refusesLocal.has(endpoint) ? 'proxy' : 'local'
  }

  remember(endpoint: string, works: OwnHeader): void {
    if (works === 'local') {
      this.#refusesLocal.delete(endpoint)
      return
    }
    // Names may lead to new addresses for as long as the proxy runs; forgetting costs one connection.
    if (this.#refusesLocal.size >= MAX_REMEMBERED) this.#refusesLocal.clear()
    this.#refusesLocal.add(endpoint)
  }
}

const MAX_REMEMBERED = 1_000
