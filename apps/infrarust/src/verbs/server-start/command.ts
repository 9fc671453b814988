import type { Command } from 'commander'
import { orderCommand } from '../power-order-command.ts'

const HELP = `
Nobody needs to be waiting, and no limit of [wake] counts. It is stopped again when nobody is there, as after any start.
Exit code 0 when it was ordered, 2 when there is no such server, or the proxy could not be asked.

Example:
  infrarust server start survival`

export function command(): Command {
  return orderCommand('start', 'start a server that sleeps', HELP, () => import('./verb.ts'))
}
