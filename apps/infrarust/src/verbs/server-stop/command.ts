import type { Command } from 'commander'
import { orderCommand } from '../power-order-command.ts'

const HELP = `
Players on it are disconnected by the server. Whoever joins afterwards wakes it again: maintenance keeps them out.
Exit code 0 when it was ordered, 2 when there is no such server, or the proxy could not be asked.

Example:
  infrarust server stop survival`

export function command(): Command {
  return orderCommand('stop', 'stop a server, whoever is on it', HELP, () => import('./verb.ts'))
}
