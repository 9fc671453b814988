import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { loadNative } from '../src/index.ts'

it('shows an example in the README that listens, whichever transport there is', { timeout: 60_000 }, () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const [, example = ''] = /```ts\n(.*?)```/s.exec(readme) ?? []
  // Inside this package, so that it is imported by its name.
  const folder = mkdtempSync(fileURLToPath(new URL('readme-', import.meta.url)))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(`${folder}/example.ts`, example)
  const kind = loadNative().kind === 'available' ? 'native' : 'node'
  const output = execFileSync(process.execPath, [`${folder}/example.ts`], { encoding: 'utf8' })
  expect(output).toContain(`the ${kind} transport listens true\n`)
})
