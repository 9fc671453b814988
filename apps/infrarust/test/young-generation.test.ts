import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const run = promisify(execFile)
const child = join(import.meta.dirname, 'children/young-generation.ts')

describe('the young generation of V8', () => {
  // It grew to 8 MiB a half while the program was loaded, and to 16 MiB under load, for which every idle session seemed to
  // cost 4 KiB more.
  it('stays as small as it begins, and is 4 MiB a half in a proxy that has served a thousand connections', async () => {
    const { stdout } = await run(process.execPath, [child], { env: { ...process.env, NODE_OPTIONS: '' } })
    expect(stdout).toBe('1 4\n')
  })

  it('is what NODE_OPTIONS say, where they do', async () => {
    const env = { ...process.env, NODE_OPTIONS: '--max-semi-space-size=8' }
    expect((await run(process.execPath, [child], { env })).stdout).toBe('8 8\n')
  })
})
