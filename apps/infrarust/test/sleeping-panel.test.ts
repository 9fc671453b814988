import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { encodeStatusResponse } from '@infrarust/minecraft'
import { folderWith, loginBytes, RawClient, until } from '@infrarust/test-kit'
import { FakePterodactyl } from '@infrarust/test-kit/panels'
import { describe, expect, it, onTestFinished } from 'vitest'
import { finish } from './program.ts'
import { Running } from './running.ts'

/** What takes 20 s in the real one. */
const CACHE_MS = 300

/** Answers list pings and greets players while the panel runs it; its port. */
async function gameServer(panel: FakePterodactyl): Promise<number> {
  const status = encodeStatusResponse(JSON.stringify({ players: { max: 9, online: 0 }, description: 'up' }))
  const server = createServer((socket) => {
    socket.on('error', () => {})
    if (panel.state !== 'running') return void socket.destroy()
    // The last byte of a handshake is its intent; 1 asks for the status.
    socket.once('data', (bytes) => socket.write(bytes[bytes[0] ?? 0] === 1 ? status : 'hello'))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

async function sleepingPanel(): Promise<{ readonly folder: string; readonly panel: FakePterodactyl }> {
  const panel = await new FakePterodactyl(CACHE_MS).listen()
  onTestFinished(() => panel.stop())
  const folder = folderWith({
    'infrarust.toml': '[log]\nformat = "json"\nlevel = "trace"\n[wake]\nper_client = 0\n',
    'servers/survival.toml': `
domains = ["survival.example.com"]
addresses = ["127.0.0.1:${await gameServer(panel)}"]
[server_manager]
type = "pterodactyl"
api_url = "${panel.options().apiUrl}/"
api_key = "\${PANEL_KEY}"
server_id = "${panel.serverId}"
poll_interval = "5s"
shutdown_after = "1s"
min_online = "0s"
start_timeout = "60s"
`,
  })
  return { folder, panel }
}

async function login(proxy: Running, name: string): Promise<RawClient> {
  const client = await RawClient.open(await proxy.port())
  return client.send(loginBytes('survival.example.com', name))
}

describe('a server of a panel', { timeout: 120_000 }, () => {
  it('is started for a player and stopped without one, and its key is shown nowhere', async () => {
    const { folder, panel } = await sleepingPanel()
    const env = { PANEL_KEY: panel.key }
    const proxy = new Running(folder, [], env)
    await proxy.logged('server "survival" sleeps')
    const player = await login(proxy, 'Steve')
    await player.receives('hello')

    let shown = ''
    const commands = [
      ['check', '--show'],
      ['check', '--show', '--json'],
      ['status', '--json'],
      ['servers', '--json'],
      ['server', 'list', '--json'],
      ['providers', '--json'],
      ['doctor', '--json'],
      ['reload'],
    ]
    for (const args of commands) {
      const { stdout, stderr } = await finish(args, '', { cwd: folder, env })
      shown += stdout + stderr
    }
    expect(shown).toContain('(withheld)')

    player.destroy()
    await proxy.logged('is stopped: nobody is there')
    const order = `/api/client/servers/${panel.serverId}/power`
    await until(() => panel.orders().length >= 2, 'the order to stop')
    expect(panel.orders()).toEqual([`${order} {"signal":"start"}`, `${order} {"signal":"stop"}`])
    for (const text of [shown, JSON.stringify(proxy.lines)]) expect(text).not.toContain(panel.key)
  })

  it('says in the words of the panel why it cannot be started, without the key', async () => {
    const { folder, panel } = await sleepingPanel()
    panel.permissions = []
    const proxy = new Running(folder, [], { PANEL_KEY: panel.key })
    await proxy.logged('server "survival" sleeps')
    const player = await login(proxy, 'Steve')
    await player.receives('survival could not be started.')
    await proxy.logged('answers 403 (This action is unauthorized.)')
    // Another key is taken up while the proxy runs.
    const file = join(folder, 'servers/survival.toml')
    const changed = `domains = ["survival.example.com"]\naddresses = ["127.0.0.1:1"]\n[server_manager]\ntype = "pterodactyl"\napi_url = "${panel.options().apiUrl}"\napi_key = "ptlc_another_key"\nserver_id = "${panel.serverId}"\n`
    writeFileSync(file, changed)
    await proxy.logged('it does not take the key')
    const lines = JSON.stringify(proxy.lines)
    for (const key of [panel.key, 'ptlc_another_key']) expect(lines).not.toContain(key)
  })
})
