import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const blocks = Array.from(readme.matchAll(/```(ts)?\n(.*?)```/gs), ([, language, block]) => ({
  language,
  block: block ?? '',
}))
const examples = blocks.flatMap(({ language, block }, index) =>
  language === 'ts' ? [{ example: block, output: blocks[index + 1]?.block }] : [],
)

it.each(examples)('example %# of the README prints what it says', ({ example, output }) => {
  const folder = mkdtempSync(join(tmpdir(), 'minecraft-readme-'))
  try {
    const file = join(folder, 'example.ts')
    writeFileSync(file, example.replace('@infrarust/minecraft', new URL('../src/index.ts', import.meta.url).href))
    expect(execFileSync(process.execPath, [file], { encoding: 'utf8' })).toBe(output)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
