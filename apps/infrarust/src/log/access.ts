import type { AccessRecord } from '@infrarust/core'
import type { Logger } from 'pino'
import { printable } from '../print/printable.ts'

/**
 * Writes the access record of a connection.
 *
 * @param headerFault what was wrong with its PROXY header, in the documented words: the message of the line
 */
export function logAccess(logger: Logger, record: AccessRecord, headerFault: string | undefined): void {
  if (logger.isLevelEnabled('info')) logger.info({ event: 'access', ...record }, headerFault)
}

/**
 * `203.0.113.7 (peer 10.0.0.2) Notch login survival.example.com -> survival 10.0.1.5:25565: client_closed …`, safe to
 * print: player and domain are whatever the client has sent.
 */
export function accessSentence(record: AccessRecord): string {
  const { client, peer, player, intent, domain, server, endpoint, reason } = record
  const where = server === undefined ? undefined : `-> ${server}${endpoint === undefined ? '' : ` ${endpoint}`}`
  const words = [client, client === peer ? undefined : `(peer ${peer})`, player, intent, domain, where]
  const figures = `${record.bytes_in} B in, ${record.bytes_out} B out, ${Math.round(record.ms.total)} ms`
  return printable(`${words.filter((word) => word !== undefined).join(' ')}: ${reason}, ${figures}`)
}
