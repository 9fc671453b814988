import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { FakeEngine } from '@infrarust/test-kit/docker-engine'
import { expect, it } from 'vitest'

it('shows an example in the README that lists the servers', { timeout: 60_000 }, async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const [, example = ''] = /```ts\n(.*?)```/s.exec(readme) ?? []
  const engine = await FakeEngine.start('lobby')
  // Inside this package, so that it is imported by its name.
  const folder = mkdtempSync(fileURLToPath(new URL('readme-', import.meta.url)))
  const file = `${folder}/example.ts`
  writeFileSync(file, example.replace('/var/run/docker.sock', engine.socketPath))
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const [shown] = await once(child.stdout, 'data')
    expect(String(shown)).toContain(`source: 'container "lobby"'`)
  } finally {
    child.kill()
    rmSync(folder, { recursive: true })
    await engine.stop()
  }
})
