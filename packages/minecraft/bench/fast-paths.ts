/**
 * What code that is written for speed brings over the plain code that its tests hold it to: `pnpm bench`. In processor
 * time; the best of interleaved rounds stands. What is not well ahead any more is to go.
 */
import { decodeUuid } from '../src/uuid.ts'
import { plainUuid } from '../test/plain-uuid.ts'

const ROUNDS = 15
const UUIDS = Array.from({ length: 1_000 }, (_, seed) =>
  Uint8Array.from({ length: 16 }, (_, at) => seed * 31 + at * 77),
)
const PASSES = 50

let characters = 0
const best = { fast: Number.POSITIVE_INFINITY, plain: Number.POSITIVE_INFINITY }
for (let round = 0; round < ROUNDS; round++) {
  best.fast = Math.min(best.fast, nanoseconds(decodeUuid))
  best.plain = Math.min(best.plain, nanoseconds(plainUuid))
}
if (characters !== 2 * ROUNDS * PASSES * UUIDS.length * 36) throw new Error('not every UUID was decoded')
const times = (best.plain / best.fast).toFixed(2)
console.log(`decodeUuid   ${best.fast.toFixed(0)} ns   plain ${best.plain.toFixed(0)} ns   ${times} times`)

function nanoseconds(decode: (bytes: Uint8Array) => string): number {
  const before = process.cpuUsage()
  for (let pass = 0; pass < PASSES; pass++) for (const uuid of UUIDS) characters += decode(uuid).length
  const { user, system } = process.cpuUsage(before)
  return ((user + system) * 1_000) / (PASSES * UUIDS.length)
}
