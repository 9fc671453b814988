import { endpointText } from '@infrarust/core'
import type { Logger } from 'pino'
import { bindProblem } from '../proxy/listen-problem.ts'
import type { AdminConfig } from './admin-keys.ts'
import { type AdminServer, serveAdmin } from './admin-server.ts'
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
    const server = await serveAdmin({ host, port: wanted, ...parts, onRefusedHost: refusedHosts(logger) })
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

/** Says for the first few names that each is refused, once. */
function refusedHosts(logger: Logger): (host: string) => void {
  const told = new Set<string>()
  return (host) => {
    // What is no name cannot be listed, and is nobody's Prometheus.
    if (told.size >= MAX_TOLD || told.has(host) || !/^[\w.:-]{1,255}$/.test(host)) return
    told.add(host)
    logger.warn(
      `[admin] is asked as "${host}" and refuses: a web page could pose as that name. ` +
        'If it is your monitoring, list the name, without the port, in allowed_hosts of [admin]',
    )
  }
}

const MAX_TOLD = 8
