import { endpointText } from '@infrarust/core'
import type { Logger } from 'pino'
import { bindProblem } from '../proxy/listen-problem.ts'
import type { AdminConfig } from './admin-keys.ts'
import { type AdminServer, serveAdmin } from './admin-server.ts'
import { refusedHosts } from './allowed-host.ts'
import type { Metrics } from './metrics.ts'

export interface AdminParts {
  readonly bind: NonNullable<AdminConfig['bind']>
  readonly allowedHosts: () => readonly string[]
  readonly metrics: Metrics
  readonly notReady: () => readonly string[]
  readonly logger: Logger
}

/** The listener for metrics and health. Where its address is taken the proxy serves all the same, and says so. */
export async function openAdmin({ bind, logger, ...parts }: AdminParts): Promise<AdminServer | undefined> {
  try {
    const { host, port: wanted } = bind
    const server = await serveAdmin({
      host,
      port: wanted,
      ...parts,
      onRefusedHost: refusedHosts('[admin]', 'your monitoring', logger),
    })
    const { port } = server
    logger.info(
      { event: 'admin', address: host, port },
      `metrics and health on http://${endpointText({ host, port })}/metrics`,
    )
    return server
  } catch (error) {
    const why = bindProblem(error, bind, 'bind of [admin]')
    logger.error(`no metrics and no health checks: [admin] bind = "${bind.text}": ${why}`)
    return undefined
  }
}
