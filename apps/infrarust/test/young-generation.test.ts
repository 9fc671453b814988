import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const run = promisify(execFile)
const child = join(import.meta.dirname, 'children/young-generation.ts')

describe('the young generation of V8', () => {
  // It grew to 16 MiB a half, which every idle session seemed to cost 4 KiB more for.
  it('grows to 4 MiB a half at the start, and no further under load', async () => {
    const { stdout } = await run(process.execPath, [child], { env: { ...process.env, NODE_OPTIONS: '' } })
    expect(stdout).toBe('4 50000\n')
  })

  it('is what NODE_OPTIONS say, where they do', async () => {
    const env = { ...process.env, NODE_OPTIONS: '--max-semi-space-size=8' }
    expect((await run(process.execPath, [child], { env })).stdout).toBe('8 50000\n')
  })
})
