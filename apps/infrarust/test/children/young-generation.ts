// Keeps much alive for a while, before and after a thousand connections, and tells how large a half of the young generation
// is each time, in MiB.
import { getHeapSpaceStatistics } from 'node:v8'
import type { AccessRecord } from '@infrarust/core'
import { keepYoungGenerationSmall, youngGeneration } from '../../src/parts/young-generation.ts'

keepYoungGenerationSmall()
const part = youngGeneration()
const idle = await halfUnderLoad()
for (let connection = 0; connection < 1_000; connection++) part.record?.({} as AccessRecord, undefined)
console.log(idle, await halfUnderLoad())

async function halfUnderLoad(): Promise<number> {
  let kept: object[] = []
  for (let round = 0; round < 20; round++) {
    kept = Array.from({ length: 50_000 }, (_, index) => ({ index }))
    await new Promise((resolve) => setImmediate(resolve))
  }
  if (kept.length === 0) throw new Error('nothing was kept alive')
  const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')
  const bytes = (space?.space_used_size ?? 0) + (space?.space_available_size ?? 0)
  return Math.round(bytes / 2 ** 20)
}
