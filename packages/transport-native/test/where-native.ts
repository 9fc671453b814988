import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { loadNative } from '../src/index.ts'

/**
 * Runs these tests where there is a native transport. Where there is none the run says why, and passes only if nothing
 * could have built it: with a compiler on the path, a missing addon is a failure.
 */
export function whereNative(define: () => void): void {
  const native = loadNative()
  if (native.kind === 'available') {
    define()
    return
  }
  console.warn(`native transport: not tested here, ${native.reason}`)
  describe('the native transport', () => {
    it('is missing only where no compiler could build it', () => {
      const compilers = ['c++', 'g++', 'clang++'].filter((name) => spawnSync(name, ['--version']).status === 0)
      expect(process.platform === 'linux' ? compilers : []).toEqual([])
    })
  })
}
