// Keeps much alive for a while and tells how large a half of the young generation is then, in MiB.
import { getHeapSpaceStatistics } from 'node:v8'
import { fixYoungGeneration } from '../../src/proxy/young-generation.ts'

fixYoungGeneration()
let kept: object[] = []
for (let round = 0; round < 20; round++) {
  kept = Array.from({ length: 50_000 }, (_, index) => ({ index }))
  await new Promise((resolve) => setImmediate(resolve))
}
const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')
const bytes = (space?.space_used_size ?? 0) + (space?.space_available_size ?? 0)
console.log(Math.round(bytes / 2 ** 20), kept.length)
