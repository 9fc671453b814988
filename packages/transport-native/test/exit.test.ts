import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { whereNative } from './where-native.ts'

const run = promisify(execFile)
const script = join(import.meta.dirname, 'children/exit.ts')

whereNative(() => {
  describe('an end with relays under way', { timeout: 60_000 }, () => {
    it('by process.exit is clean', async () => {
      // A crash is a signal, and rejects.
      expect((await run(process.execPath, [script, 'exit'])).stdout).toBe('relaying\n')
    })

    it('of the worker that has the transport takes its threads along, and the process goes on', async () => {
      expect((await run(process.execPath, [script, 'worker'])).stdout).toBe('relaying\nworker gone\n')
    })

    it('is not needed where nothing is under way: the process ends by itself', async () => {
      expect((await run(process.execPath, [script, 'idle'])).stdout).toBe('idle\n')
    })
  })
})
