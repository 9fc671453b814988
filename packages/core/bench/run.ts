/**
 * What the core keeps so as not to make it again, beside the plain form of the same: `pnpm bench`. Where both columns are
 * alike, keeping does not pay any more.
 */
import { encodeStatusResponse } from '@infrarust/minecraft'
import { StatusResponses } from '../src/connection/status-responses.ts'

/** So many clients ask for one status, with a picture in it, and none of them reads. */
const CLIENTS = 3_000
const json = JSON.stringify({ description: 'a', favicon: 'A'.repeat(64_000) })

const responses = new StatusResponses()
row('shared', () => responses.of(json))
row('plain', () => encodeStatusResponse(json))

function row(name: string, respond: () => Uint8Array): void {
  const start = process.cpuUsage()
  const unread = Array.from({ length: CLIENTS }, respond)
  const { user, system } = process.cpuUsage(start)
  const heldBytes = [...new Set(unread)].reduce((sum, { length }) => sum + length, 0)
  const microseconds = ((user + system) / CLIENTS).toFixed(2)
  console.log(
    `status responses, ${name.padEnd(8)} ${microseconds} µs each, ${(heldBytes / 2 ** 20).toFixed(1)} MiB held`,
  )
}
