import type { Server, ServerDiff } from '@infrarust/core'
import type { Logger } from 'pino'
import { addressText } from './address.ts'

/** One line for each server that came, changed or went. */
export function logServers(logger: Logger, { added, changed, removed }: ServerDiff): void {
  for (const server of added) logger.info(fields(server), `server "${server.id}" added: ${serverText(server)}`)
  for (const { after } of changed) logger.info(fields(after), `server "${after.id}" changed: ${serverText(after)}`)
  for (const server of removed) logger.info(fields(server), `server "${server.id}" removed`)
}

function fields({ id, source }: Server): object {
  return { server: id, source }
}

/** `survival.example.com, default -> 10.0.1.5:25565, sends PROXY v2` */
function serverText({ domains, isDefault, addresses, sendProxyProtocol, state }: Server): string {
  const names = [...domains, ...(isDefault ? ['every other domain'] : [])].join(', ')
  const where = addresses.map(addressText).join(', ') || 'nowhere'
  const header = sendProxyProtocol === false ? '' : `, sends PROXY v${sendProxyProtocol}`
  return `${names} -> ${where}${header}${state === 'online' ? '' : ` (${state})`}`
}
