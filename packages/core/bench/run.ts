/**
 * What the core keeps so as not to make it again, beside the plain form of the same: `pnpm bench`. Where both columns are
 * alike, keeping does not pay any more.
 */
import { encodeStatusResponse } from '@infrarust/minecraft'
import { Phases } from '../src/connection/phases.ts'
import { StatusResponses } from '../src/connection/status-responses.ts'
import { PlainPhases } from '../test/connection/plain.ts'

/** So many clients ask for one status, with a picture in it, and none of them reads. */
const CLIENTS = 3_000
const json = JSON.stringify({ description: 'a', favicon: 'A'.repeat(64_000) })

const responses = new StatusResponses()
statusRow('shared', () => responses.of(json))
statusRow('plain', () => encodeStatusResponse(json))

function statusRow(name: string, respond: () => Uint8Array): void {
  const start = process.cpuUsage()
  const unread = Array.from({ length: CLIENTS }, respond)
  const { user, system } = process.cpuUsage(start)
  const heldBytes = [...new Set(unread)].reduce((sum, { length }) => sum + length, 0)
  const microseconds = ((user + system) / CLIENTS).toFixed(2)
  console.log(
    `status responses, ${name.padEnd(8)} ${microseconds} µs each, ${(heldBytes / 2 ** 20).toFixed(1)} MiB held`,
  )
}

/** As many as a busy network has at once; each keeps its phases as long as it lasts. */
const SESSIONS = 50_000

phasesRow('an array', (at) => new Phases(at))
phasesRow('plain', (at) => new PlainPhases(at))

function phasesRow(name: string, begin: (at: number) => Pick<Phases, 'enter'>): void {
  const { gc } = globalThis
  if (gc === undefined) throw new Error('run it as node --expose-gc')
  gc()
  const before = process.memoryUsage().heapUsed
  const sessions = Array.from({ length: SESSIONS }, (_, index) => begin(index + 0.5))
  for (const session of sessions) for (let phase = 0; phase < 6; phase++) session.enter(phase, SESSIONS + phase / 8)
  gc()
  const bytes = (process.memoryUsage().heapUsed - before) / sessions.length
  console.log(`phases of a session, ${name.padEnd(8)} ${bytes.toFixed(0)} bytes`)
}
