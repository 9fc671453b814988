import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { folderWith } from '@infrarust/test-kit'
import { expect, it } from 'vitest'

it('shows an example in the README that prints what it says', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const [example = '', output] = Array.from(readme.matchAll(/```(?:ts)?\n(.*?)```/gs), ([, block]) => block ?? '')
  // Inside this package, so that it is imported by its name.
  const folder = mkdtempSync(fileURLToPath(new URL('readme-', import.meta.url)))
  try {
    writeFileSync(`${folder}/example.ts`, example)
    const run = { cwd: folderWith(), encoding: 'utf8' } as const
    expect(execFileSync(process.execPath, [`${folder}/example.ts`], run)).toBe(output)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
