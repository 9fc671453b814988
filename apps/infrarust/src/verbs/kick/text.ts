import { printable } from '../../print/printable.ts'
import type { ConnectionJson } from '../connection.ts'

/** `kicked 17: Steve from 203.0.113.7 on survival` */
export function kickedText({ id, player, client, server }: ConnectionJson): string {
  const where = server === undefined ? '' : ` on ${server}`
  return printable(`kicked ${id}: ${player ?? 'no name'} from ${client}${where}`)
}
