import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const [example = '', output = ''] = Array.from(readme.matchAll(/```(?:ts)?\n(.*?)```/gs), ([, block]) => block ?? '')

it('the example of the README prints what it says', () => {
  const folder = mkdtempSync(join(tmpdir(), 'core-readme-'))
  try {
    const file = join(folder, 'example.ts')
    writeFileSync(file, example.replace('@infrarust/core', new URL('../dist/index.js', import.meta.url).href))
    expect(execFileSync(process.execPath, [file], { encoding: 'utf8' })).toBe(output)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
