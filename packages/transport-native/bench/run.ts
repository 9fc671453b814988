/**
 * What code that is written for speed brings over the plain code that its test holds it to: `pnpm bench`. Rounds are
 * interleaved and counted in processor time, that of the garbage collector included; the best of each side stands. What
 * is not ahead any more is to go, and the plain code to take its place.
 */
import { SLOT_BITS, THREAD_BITS } from '../src/boundary.ts'
import { ConnectionTable } from '../src/connection-table.ts'
import { PlainConnectionTable } from '../test/plain-connection-table.ts'

const ROUNDS = 15
const CONNECTIONS = 100_000
const REPORTS = 5

/** As the one thread numbers them: a slot is used again when its connection is gone. */
function idOf(number: number, atOnce: number): number {
  return (number % atOnce) + (Math.floor(number / atOnce) + 1) * 2 ** (SLOT_BITS + THREAD_BITS)
}

let found = 0

/** One comes, is looked for at each report, and the oldest goes. */
function byId(table: Pick<PlainConnectionTable, 'add' | 'get' | 'delete'>, atOnce: number): () => void {
  return () => {
    for (let number = 0; number < CONNECTIONS; number++) {
      if (number >= atOnce) table.delete(idOf(number - atOnce, atOnce))
      const id = idOf(number, atOnce)
      table.add(id)
      for (let report = 0; report < REPORTS; report++) if (table.get(id) !== undefined) found++
    }
    for (let number = CONNECTIONS - atOnce; number < CONNECTIONS; number++) table.delete(idOf(number, atOnce))
  }
}

for (const atOnce of [200, 2_000, 10_000]) {
  const [fast, plain] = [byId(new ConnectionTable(1), atOnce), byId(new PlainConnectionTable(), atOnce)]
  const best = { fast: Number.POSITIVE_INFINITY, plain: Number.POSITIVE_INFINITY }
  for (let round = 0; round < ROUNDS; round++) {
    best.fast = Math.min(best.fast, nanoseconds(fast))
    best.plain = Math.min(best.plain, nanoseconds(plain))
  }
  const times = (best.plain / best.fast).toFixed(2)
  const name = `ConnectionTable, ${atOnce} at once`.padEnd(32)
  console.log(`${name} ${best.fast.toFixed(0)} ns   plain ${best.plain.toFixed(0)} ns   ${times} times`)
}
if (found === 0) throw new Error('nothing was measured')

function nanoseconds(run: () => void): number {
  const before = process.cpuUsage()
  run()
  const { user, system } = process.cpuUsage(before)
  return ((user + system) * 1_000) / CONNECTIONS
}
