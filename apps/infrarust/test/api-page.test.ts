import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { folderWith, loginBytes, until } from '@infrarust/test-kit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { EVENT_KINDS } from '../src/events/event-kinds.ts'
import { connected } from './client.ts'
import { Running } from './running.ts'

const PAGE = readFileSync(new URL('../../../docs/api.md', import.meta.url), 'utf8')
const HOOKS = readFileSync(new URL('../../../docs/webhooks.md', import.meta.url), 'utf8')

const toml = '[log]\nformat = "json"\n[web]\nbind = "127.0.0.1:0"\n'

describe('docs/api.md', { timeout: 120_000 }, () => {
  it('shows commands that run, and what they print', async () => {
    const folder = folderWith({ 'infrarust.toml': toml })
    const { url } = await new Running(folder).line(({ event }) => event === 'web')
    const examples = [...PAGE.matchAll(/^```console\n(.*?)^```/gms)].flatMap(([, text = '']) => text.split(/^\$ /m))
    const shown = examples.filter((example) => example !== '')
    expect(shown.length).toBeGreaterThan(3)
    for (const example of shown) {
      const [command = '', ...printed] = example.trimEnd().split('\n')
      const here = command.replace('http://127.0.0.1:8080/', String(url))
      const { stdout } = await promisify(execFile)('/bin/sh', ['-c', here], { cwd: folder })
      expect(stdout.trimEnd(), command).toBe(printed.join('\n'))
    }
  })

  it('has a script of fifteen lines that says who joins and leaves', async () => {
    const backend = createServer((socket) => socket.on('error', () => {}).pipe(socket)).listen(0, '127.0.0.1')
    onTestFinished(() => void backend.close())
    await once(backend, 'listening')
    const address = backend.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const [, name = '', script = ''] = /^```js\n\/\/ (\S+)\n(.*?)^```/ms.exec(PAGE) ?? []
    expect(script.trimEnd().split('\n').length).toBeLessThanOrEqual(15)
    const folder = folderWith({
      'infrarust.toml': toml,
      'servers/a.toml': `domains = ["a.example.com"]\naddresses = ["127.0.0.1:${port}"]\n`,
      [name]: script,
    })
    const running = new Running(folder)
    await running.logged('server "a" added')
    const { url } = await running.line(({ event }) => event === 'web')
    const key = readFileSync(join(folder, 'web.key'), 'utf8').trim()
    const env = { ...process.env, INFRARUST_URL: String(url).replace(/\/$/, ''), INFRARUST_KEY: key }
    const child = spawn(process.execPath, [name], { cwd: folder, env })
    onTestFinished(() => void child.kill())
    let printed = ''
    child.stdout.on('data', (data) => {
      printed += data
    })
    // Whoever joins before it listens is not told of.
    for (let at = 0; !printed.includes('player.join'); at++) {
      const player = await connected(await running.port())
      player.write(loginBytes('a.example.com', `Player${at}`))
      await until(() => player.bytesRead > 0 || player.closed, 'there is an answer')
      player.destroy()
    }
    await until(() => /player\.leave Player\d+ a 127\.0\.0\.1/.test(printed), 'it says who leaves')
  })

  it('names every event', () => {
    for (const kind of EVENT_KINDS) expect(PAGE).toContain(`\`${kind}\``)
  })
})

describe('docs/webhooks.md', () => {
  it('shows how to know who has sent an event', async () => {
    const [, name = '', script = ''] = /^```js\n\/\/ (\S+)\n(.*?)^```/ms.exec(HOOKS) ?? []
    const folder = folderWith({ [name]: script })
    const { isFromInfrarust } = await import(join(folder, name))
    const { signed } = await import('../src/webhook/message.ts')
    const now = Math.floor(Date.now() / 1_000)
    const { headers } = signed('{}', 'shared', now)
    expect(isFromInfrarust(headers, '{}', 'shared')).toBe(true)
    expect(isFromInfrarust(headers, '{ }', 'shared')).toBe(false)
    expect(isFromInfrarust(headers, '{}', 'other')).toBe(false)
    expect(isFromInfrarust(signed('{}', 'shared', now - 600).headers, '{}', 'shared')).toBe(false)
    expect(isFromInfrarust({}, '{}', 'shared')).toBe(false)
  })
})
