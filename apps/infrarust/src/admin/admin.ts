import type { Server } from 'node:http'
import type { AdminConfig } from '@infrarust/core'
import type { Logger } from 'pino'
import { addressText } from '../log/address.ts'
import { serveAdmin } from './admin-server.ts'
import type { Metrics } from './metrics.ts'

export interface AdminParts {
  readonly bind: NonNullable<AdminConfig['bind']>
  readonly metrics: Metrics
  readonly notReady: () => readonly string[]
  readonly logger: Logger
}

/** The listener for metrics and health. Where its address is taken the proxy serves all the same, and says so. */
export async function openAdmin({ bind, metrics, notReady, logger }: AdminParts): Promise<Server | undefined> {
  try {
    const { server, port } = await serveAdmin({ host: bind.host, port: bind.port, metrics, notReady })
    const address = addressText({ host: bind.host, port })
    logger.info({ event: 'admin', address: bind.host, port }, `metrics and health on http://${address}/metrics`)
    return server
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    logger.error(`no metrics and no health checks: [admin] bind = "${bind.text}": ${why}`)
    return undefined
  }
}
