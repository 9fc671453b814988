import { type AccessRecord, REASON_NAMES, reasonRow } from '@infrarust/core'
import type { Logger } from 'pino'
import { printable } from '../print/printable.ts'
import type { ShownAddress } from './shown-address.ts'

/**
 * Writes the access record of a connection.
 *
 * @param headerFault what was wrong with its PROXY header, in the documented words: the message of the line, or else what
 *   came instead of a handshake
 * @param shorten what becomes of the addresses; undefined: they are written whole
 */
export function logAccess(
  logger: Logger,
  record: AccessRecord,
  headerFault: string | undefined,
  shorten?: ShownAddress,
): void {
  const level = askedNothing(record) ? 'debug' : (LEVELS.get(record.reason) ?? 'info')
  if (!logger.isLevelEnabled(level)) return
  const fields =
    shorten === undefined
      ? { event: 'access', ...record }
      : { event: 'access', ...record, client: shorten(record.client), peer: shorten(record.peer) }
  logger[level](fields, headerFault ?? record.detail)
}

/** A list ping that has nothing against its client: most of what a public proxy sees. */
export function isHarmlessPing({ intent, reason }: AccessRecord): boolean {
  return (intent === 'status' || intent === 'legacy_status') && !OFFENCES.has(reason)
}

/**
 * Of a load balancer's health check that came with a LOCAL or UNKNOWN header and went away again. What says something else
 * than Minecraft behind such a header is none.
 */
export function askedNothing({ proxy_command, intent, reason }: AccessRecord): boolean {
  if (intent !== undefined || (proxy_command !== 'LOCAL' && proxy_command !== 'UNKNOWN')) return false
  return reason !== 'bad_handshake' && reason !== 'overrun' && reason !== 'proxy_protocol'
}

/**
 * `203.0.113.7 (peer 10.0.0.2) Notch login survival.example.com -> survival 10.0.1.5:25565: client_closed …`, safe to
 * print: player and domain are whatever the client has sent.
 */
export function accessSentence(record: AccessRecord): string {
  const { client, peer, player, intent, domain, server, endpoint, reason, detail } = record
  const where = server === undefined ? undefined : `-> ${server}${endpoint === undefined ? '' : ` ${endpoint}`}`
  const words = [client, client === peer ? undefined : `(peer ${peer})`, player, intent, domain, where]
  const figures = `${record.bytes_in} B in, ${record.bytes_out} B out, ${Math.round(record.ms.total)} ms`
  const why = detail === undefined ? reason : `${reason} (${detail})`
  return printable(`${words.filter((word) => word !== undefined).join(' ')}: ${why}, ${figures}`)
}

/** Looked up once: the rows have many shapes, and each connection passes here. */
const OFFENCES: ReadonlySet<string> = new Set(REASON_NAMES.filter((reason) => reasonRow(reason).isOffence))
const LEVELS = new Map(REASON_NAMES.map((reason) => [reason, reasonRow(reason).level]))
