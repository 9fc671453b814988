import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Child } from '@infrarust/test-kit'
import { FakeEngine } from '@infrarust/test-kit/docker-engine'
import { expect, it } from 'vitest'

it('shows an example in the README that lists the containers', { timeout: 60_000 }, async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const [, example = ''] = /```ts\n(.*?)```/s.exec(readme) ?? []
  const engine = await FakeEngine.start('lobby', 'paused')
  // Inside this package, so that it is imported by its name.
  const folder = mkdtempSync(fileURLToPath(new URL('readme-', import.meta.url)))
  writeFileSync(`${folder}/example.ts`, example)
  const env = { ...process.env, DOCKER_HOST: `unix://${engine.socketPath}` }
  const child = new Child(process.execPath, [`${folder}/example.ts`], { env })
  try {
    expect(await child.line((line) => line.includes('lobby'), 'the list')).toBe("[ 'lobby: up', 'paused: paused' ]")
  } finally {
    await child.stop()
    rmSync(folder, { recursive: true })
    await engine.stop()
  }
})
