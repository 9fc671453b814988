import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { get, type IncomingMessage } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { folderWith, loginBytes } from '@infrarust/test-kit'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { connected, ping } from './client.ts'
import { Running } from './running.ts'

const ADMIN = '[admin]\nbind = "127.0.0.1:0"\n[log]\nformat = "json"\n'

/** Gives its list when a file called `go` lies beside it. */
const LATE_PROVIDER = `
import { existsSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
export default () => ({
  name: 'late',
  async start(emit, signal) {
    while (!existsSync(new URL('go', import.meta.url))) await wait(20, undefined, { signal })
    emit({ servers: [] })
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
  },
})
`

async function adminUrl(running: Running): Promise<string> {
  return `http://127.0.0.1:${Number((await running.line(({ event }) => event === 'admin')).port)}`
}

async function status(url: string): Promise<number> {
  const response = await fetch(url)
  await response.text()
  return response.status
}

describe('the admin listener', { timeout: 60_000 }, () => {
  it('serves metrics of what has happened', async () => {
    const running = new Running(folderWith({ 'infrarust.toml': ADMIN }))
    ;(await ping(await running.port(), 'a.example.com')).socket.destroy()
    await running.access()
    const response = await fetch(`${await adminUrl(running)}/metrics`)
    expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4')
    const text = await response.text()
    expect(text).toMatch(/^infrarust_connections_total\{listener="127.0.0.1:0",server="",outcome="\w+"\} 1$/m)
    expect(text).toMatch(/^infrarust_build_info\{/m)
  })
  it('is alive and ready while it serves, and answers nothing else', async () => {
    const url = await adminUrl(new Running(folderWith({ 'infrarust.toml': ADMIN, 'servers/.keep': '' })))
    await vi.waitFor(async () => expect(await status(`${url}/readyz`)).toBe(200), { timeout: 20_000 })
    expect(await status(`${url}/healthz`)).toBe(200)
    expect(await status(`${url}/`)).toBe(404)
    expect((await fetch(`${url}/metrics`, { method: 'POST', body: 'x' })).status).toBe(405)
  })
  it('is alive and not ready while the last session goes on', async () => {
    const backend = createServer((socket) => {
      socket.once('data', () => socket.write('hello'))
      socket.on('error', () => {})
    }).listen(0, '127.0.0.1')
    onTestFinished(() => void backend.close())
    await once(backend, 'listening')
    const { port } = backend.address() as AddressInfo
    const folder = folderWith({
      'infrarust.toml': `shutdown_timeout = "1m"\n${ADMIN}`,
      'servers/a.toml': `domains = ["a.example.com"]\naddresses = ["127.0.0.1:${port}"]\n`,
    })
    const running = new Running(folder)
    const url = await adminUrl(running)
    await vi.waitFor(async () => expect(await status(`${url}/readyz`)).toBe(200), { timeout: 20_000 })
    const player = await connected(await running.port())
    player.write(loginBytes('a.example.com', 'Notch'))
    await once(player, 'data')
    const sessions = async () => /^infrarust_sessions.*/m.exec(await (await fetch(`${url}/metrics`)).text())?.[0]
    await vi.waitFor(async () => expect(await sessions()).toBe('infrarust_sessions{server="a"} 1'), { timeout: 20_000 })

    running.program.kill('SIGTERM')
    await running.logged('no new connections')
    const ready = await fetch(`${url}/readyz`)
    expect([ready.status, await ready.text()]).toEqual([503, 'shutting down\n'])
    expect(await status(`${url}/healthz`)).toBe(200)
    player.destroy()
    expect(await running.exit).toBe(0)
  })
  // It was ready after 5 s, when connections are not held for the list any more.
  it('is not ready before every provider has given its first list, however long that takes', async () => {
    const folder = folderWith({
      'infrarust.toml': `${ADMIN}[[provider]]\nuse = "./late.mjs"\n`,
      'servers/.keep': '',
      'late.mjs': LATE_PROVIDER,
    })
    const running = new Running(folder)
    const url = await adminUrl(running)
    await running.logged('has given no list of servers within 5 s')
    const ready = await fetch(`${url}/readyz`)
    expect([ready.status, await ready.text()]).toEqual([503, 'provider "./late.mjs" has not given its list yet\n'])
    writeFileSync(join(folder, 'go'), '')
    await vi.waitFor(async () => expect(await status(`${url}/readyz`)).toBe(200), { timeout: 20_000 })
  })
  it('is asked by the names that allowed_hosts lists, from the moment when they are there, and says which it refuses', async () => {
    const folder = folderWith({ 'infrarust.toml': ADMIN, 'servers/.keep': '' })
    const running = new Running(folder)
    const url = await adminUrl(running)
    const askedAs = async (host: string): Promise<number | undefined> => {
      const request = get(`${url}/metrics`, { headers: { host } })
      const [response] = (await once(request, 'response')) as [IncomingMessage]
      response.resume()
      return response.statusCode
    }
    expect(await askedAs('infrarust.monitoring.svc:9100')).toBe(403)
    await running.logged('is asked as "infrarust.monitoring.svc:9100" and refuses')
    writeFileSync(
      join(folder, 'infrarust.toml'),
      ADMIN.replace('[log]', 'allowed_hosts = ["infrarust.monitoring.svc"]\n[log]'),
    )
    await vi.waitFor(async () => expect(await askedAs('Infrarust.monitoring.svc:9100')).toBe(200), { timeout: 20_000 })
    expect(await askedAs('another.monitoring.svc')).toBe(403)
  })
  it('is not there without [admin]', async () => {
    const running = new Running(folderWith({}))
    await running.port()
    await ping(await running.port(), 'a.example.com')
    expect(running.lines.filter(({ event }) => event === 'admin')).toEqual([])
  })
  it('keeps nobody from playing where its address is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void taken.close())
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    const running = new Running(folderWith({ 'infrarust.toml': `[admin]\nbind = "127.0.0.1:${port}"\n` }))
    await running.logged('no metrics and no health checks')
    await ping(await running.port(), 'a.example.com')
  })
})
