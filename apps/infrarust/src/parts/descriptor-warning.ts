import type { GatewayConfig } from '@infrarust/core'
import type { Logger } from 'pino'
import { connectionsThatFit, descriptorLimit } from '../proxy/descriptors.ts'
import type { Part } from './part.ts'

/**
 * Says it where more connections are configured than there are descriptors for. They are let in as long as there are some.
 *
 * @param limitNow of open descriptors
 */
export function descriptorWarning(
  config: Pick<GatewayConfig, 'maxConnections'>,
  logger: Pick<Logger, 'warn'>,
  limitNow: () => number = descriptorLimit,
): Part {
  const warn = ({ maxConnections }: Pick<GatewayConfig, 'maxConnections'>): void => {
    const limit = limitNow()
    const fits = connectionsThatFit(limit)
    if (maxConnections <= fits) return
    logger.warn(
      `max_connections is ${maxConnections}, and with the limit of ${limit} open files only ${fits} fit, since a session ` +
        'takes two: beyond that players read that the proxy is full; raise the limit (ulimit -n, LimitNOFILE=), or lower ' +
        'max_connections',
    )
  }
  return { start: () => warn(config), useConfig: warn }
}
