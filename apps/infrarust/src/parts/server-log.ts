import { LineBounds, leftOutText } from '@infrarust/core/provider'
import type { Logger } from 'pino'
import { serverChanges } from '../log/servers.ts'
import type { Part } from './part.ts'

/** Writes one line for each server that came, changed or went. */
export function serverLog(logger: Logger): Part {
  // Those that are not of the operator's files: a container may start and stop for ever.
  const lines = new LineBounds()
  return {
    useServers(_, diff) {
      for (const { server, text } of serverChanges(diff)) {
        const { id, source, provider } = server
        const fate = provider === 'file' ? 'shown' : lines.take(source)
        if (fate === 'left-out') continue
        logger.info({ server: id, source }, text)
        if (fate === 'last') logger.warn({ server: id, source }, leftOutText(source))
      }
    },
  }
}
