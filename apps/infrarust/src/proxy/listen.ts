import { endpointText, type ListenerConfig, type OwnEndpoints } from '@infrarust/core'
import type { Transport } from '@infrarust/core/transport'
import type { Logger } from 'pino'

/** One listening address that could not be bound; `cause` is the system's error. */
export class ListenError extends Error {
  readonly listener: ListenerConfig

  constructor(listener: ListenerConfig, cause: unknown) {
    super(`cannot listen on ${listener.name}`, { cause })
    this.listener = listener
  }
}

/**
 * Binds every listener.
 *
 * @param own gets each address that is bound
 * @throws {ListenError} for the first that cannot be
 */
export async function listenOn(
  listeners: readonly ListenerConfig[],
  transport: Pick<Transport, 'listen'>,
  own: OwnEndpoints,
  logger: Logger,
): Promise<void> {
  for (const listener of listeners) {
    const { name, host, port, proxyProtocol } = listener
    const address = await transport.listen({ name, host, port }).catch((cause: unknown) => {
      throw new ListenError(listener, cause)
    })
    own.add(address)
    const fields = { event: 'listening', listener: name, ...address, proxy_protocol: proxyProtocol.mode }
    const where = endpointText({ host: address.address, port: address.port })
    logger.info(fields, `listening on ${where}${headerText(listener)}`)
  }
}

function headerText({ proxyProtocol: { mode } }: ListenerConfig): string {
  return mode === 'off' ? '' : `, PROXY protocol ${mode}`
}
