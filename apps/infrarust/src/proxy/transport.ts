import { nodeTransport, type TransportConfig, type TransportFactory } from '@infrarust/core'
import type { Logger } from 'pino'

/** What moves the bytes. */
export function chooseTransport({ kind }: TransportConfig, logger: Logger): TransportFactory {
  if (kind === 'native') logger.warn('[transport] kind = "native": it is not built here; the node transport serves')
  return nodeTransport
}
