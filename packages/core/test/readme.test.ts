import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { folderWith } from '@infrarust/test-kit'
import { expect, it } from 'vitest'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const [example = '', output = ''] = Array.from(readme.matchAll(/```(?:ts)?\n(.*?)```/gs), ([, block]) => block ?? '')

it('the example of the README prints what it says', () => {
  const code = example.replaceAll(/'@infrarust\/core(?:\/([\w-]+))?'/g, (_, entry) => {
    const source = entry === undefined ? '../src/index.ts' : `../src/entries/${entry}.ts`
    return `'${new URL(source, import.meta.url).href}'`
  })
  const file = join(folderWith({ 'example.ts': code }), 'example.ts')
  expect(execFileSync(process.execPath, [file], { encoding: 'utf8' })).toBe(output)
})
