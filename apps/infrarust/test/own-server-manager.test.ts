import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net'
import { encodeStatusResponse } from '@infrarust/minecraft'
import { folderWith, loginBytes, RawClient } from '@infrarust/test-kit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { finish } from './program.ts'
import { Running } from './running.ts'

const DOCS = new URL('../../../docs/', import.meta.url)
const EXAMPLE = readFileSync(new URL('examples/http-power.ts', DOCS), 'utf8')

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

/** A Minecraft server that is there while it is on. */
async function gameServer(isOn: () => boolean): Promise<number> {
  const status = encodeStatusResponse(JSON.stringify({ players: { max: 9, online: 0 }, description: 'up' }))
  return await portOf(
    createTcpServer((socket) => {
      socket.on('error', () => {})
      if (!isOn()) return void socket.destroy()
      // The last byte of a handshake is its intent; 1 asks for the status.
      socket.once('data', (bytes) => socket.write(bytes[bytes[0] ?? 0] === 1 ? status : 'hello'))
    }),
  )
}

async function login(proxy: Running, domain: string, name = 'Steve'): Promise<RawClient> {
  const client = await RawClient.open(await proxy.port())
  return client.send(loginBytes(domain, name))
}

describe('a server manager of the operator', { timeout: 120_000 }, () => {
  it('starts a server for a player, as its page shows it, and doctor asks it too', async () => {
    let state = 'off'
    const service = createServer(({ method, url, headers }, response) => {
      if (headers.authorization !== 'Bearer a secret') return void response.writeHead(403).end('{}')
      if (method === 'POST') state = url === '/lobby/start' ? 'on' : 'off'
      response.end(JSON.stringify({ state }))
    })
    const url = `http://127.0.0.1:${await portOf(service)}`
    const port = await gameServer(() => state === 'on')
    const [, toml = ''] =
      /^```toml\n(.*?)^```/ms.exec(readFileSync(new URL('add-a-server-manager.md', DOCS), 'utf8')) ?? []
    const folder = folderWith({
      'infrarust.toml': '[log]\nformat = "json"\n',
      'http-power.ts': EXAMPLE,
      'servers/lobby.toml': toml
        .replace('10.0.1.5:25565', `127.0.0.1:${port}`)
        .replace('https://machines.example.com/servers', url),
    })
    const env = { MACHINES_TOKEN: 'a secret' }
    const proxy = new Running(folder, [], env)
    await proxy.logged('server "lobby" sleeps')
    const player = await login(proxy, 'lobby.example.com')
    await player.receives('hello')
    expect(state).toBe('on')
    const run = async (words: readonly string[], token = env.MACHINES_TOKEN) =>
      await finish(words, '', { cwd: folder, env: { MACHINES_TOKEN: token } })
    expect((await run(['server', 'list'])).stdout).toMatch(/lobby +\S*http-power\.ts +online/)
    player.destroy()
    expect((await run(['server', 'stop', 'lobby'])).code).toBe(0)
    await proxy.logged('server "lobby" sleeps')
    expect(state).toBe('off')
    const log = await run(['server', 'log', 'lobby'])
    expect(log.stderr).toContain('what it writes is not kept here')
    expect((await run(['doctor'])).stdout).toMatch(/lobby: server_manager, type = ".*http-power\.ts": ok, stopped/)
    const refused = await run(['doctor'], 'another secret')
    expect(refused.stdout).toContain('does not take the token')
    expect(JSON.stringify([refused, proxy.lines])).not.toMatch(/a secret|another secret/)
  })

  // Each once ended the proxy where a provider did it.
  it('costs nobody but its own server, whatever it does', async () => {
    const port = await gameServer(() => true)
    const module = (body: string): string =>
      `import net from 'node:net'\nexport default () => ({ state: () => ({ state: 'stopped' }), start() {}, stop() {}, ...(${body}) })\n`
    const modules: Readonly<Record<string, string>> = {
      throws: module(
        '{ state() { setTimeout(() => { throw new Error("in a timer") }, 1); return { state: "stopped" } } }',
      ),
      rejects: module('{ state() { Promise.reject("a text"); return { state: "stopped" } } }'),
      streams: module('{ state() { net.connect(1, "127.0.0.1"); return { state: "stopped" } } }'),
      exits: module('{ state() { setTimeout(() => process.exit(3), 1); return { state: "stopped" } } }'),
      warns: module('{ state() { process.emitWarning("old"); return { state: "stopped" } } }'),
      hangs: module('{ state: () => new Promise(() => {}) }'),
      nonsense: module('{ state: () => 7 }'),
      broken: 'export default (',
    }
    const folder = folderWith({
      'infrarust.toml': '[log]\nformat = "json"\n[wake]\nmax_starting = 1\n',
      'servers/good.toml': `domains = ["good.example.com"]\naddresses = ["127.0.0.1:${port}"]\n`,
      ...Object.fromEntries(
        Object.entries(modules).flatMap(([name, code]) => [
          [`${name}.mjs`, code],
          [
            `servers/${name}.toml`,
            `domains = ["${name}.example.com"]\naddresses = ["127.0.0.1:1"]\n[server_manager]\ntype = "../${name}.mjs"\nstart_timeout = "2s"\n`,
          ],
        ]),
      ),
    })
    const proxy = new Running(folder)
    const uncaught = {
      throws: 'a server manager has thrown where nobody catches it: in a timer',
      rejects: 'a server manager has thrown where nobody catches it: a text',
      streams: 'ECONNREFUSED',
      exits: 'process.exit(3) was called',
      warns: 'a server manager has caused a warning: old',
    }
    for (const [name, told] of Object.entries(uncaught)) {
      const { msg, level } = await proxy.line(
        ({ event, provider }) => event === 'uncaught' && String(provider).endsWith(`/${name}.mjs`),
      )
      expect(msg).toContain(told)
      expect(level).toBe('error')
    }
    await proxy.logged('server "nonsense" cannot be asked for its state: its module says')
    expect((await proxy.logged('server "broken" cannot be asked for its state')).msg).toContain('cannot be loaded: ')
    // Who waits for the one that says nothing keeps no other one from starting.
    const waiting = await login(proxy, 'hangs.example.com')
    await waiting.receives('could not be started')
    const player = await login(proxy, 'good.example.com')
    await player.receives('hello')
    player.destroy()
    proxy.program.kill('SIGTERM')
    expect(await proxy.exit).toBe(0)
  })
})
