import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { folderWith } from '@infrarust/test-kit'
import { expect, it, onTestFinished } from 'vitest'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const [, example = ''] = /```ts\n(.*?)```/s.exec(readme) ?? []

/** The example of the README in a folder with these files. */
function started(files: Readonly<Record<string, string>>) {
  // Inside this package, so that it is imported by its name.
  const folder = mkdtempSync(fileURLToPath(new URL('readme-', import.meta.url)))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(`${folder}/example.ts`, example)
  const child = spawn(process.execPath, [`${folder}/example.ts`], { cwd: folderWith(files) })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

it('shows an example in the README that lists the servers', { timeout: 60_000 }, async () => {
  const servers = 'domains = ["lobby.example.com"]\naddresses = ["10.0.1.5"]\n'
  const child = started({ 'infrarust.toml': '', 'servers/lobby.toml': servers })
  const [shown] = await once(child.stdout, 'data')
  expect(String(shown)).toContain("key: 'lobby'")
})

it('shows an example in the README that says what is wrong, and where', { timeout: 60_000 }, async () => {
  const child = started({ 'infrarust.toml': 'bnid = "0.0.0.0:25565"\n' })
  const [shown] = await once(child.stderr, 'data')
  expect(String(shown)).toContain('infrarust.toml:1:1: unknown key "bnid"; did you mean "bind"?')
})
