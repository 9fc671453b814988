import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { encodeStatusResponse } from '@infrarust/minecraft'
import { folderWith, freePort, loginBytes, RawClient, statusBytes, until } from '@infrarust/test-kit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { finish } from './program.ts'
import { Running } from './running.ts'

/**
 * A server that takes its time to start and to stop: it answers list pings, says a word to players and counts them. Its
 * console knows `stop`.
 */
const SERVER = `
import { appendFileSync } from 'node:fs'
import { createServer } from 'node:net'
const [port, startMs, stopMs] = process.argv.slice(2).map(Number)
appendFileSync('starts', process.pid + '\\n')
process.stdout.on('error', () => {})
const exit = () => setTimeout(() => process.exit(0), stopMs)
process.stdin.on('data', (line) => { if (String(line).includes('stop')) exit() })
process.on('SIGTERM', exit)
let online = 0
const server = createServer((socket) => {
  socket.on('error', () => {})
  socket.once('data', (bytes) => {
    const isStatus = bytes[bytes[0]] === 1
    if (isStatus) {
      const json = Buffer.from(JSON.stringify({ version: { name: 'x', protocol: 765 }, players: { max: 9, online }, description: 'up' }))
      socket.end(Buffer.concat([Buffer.from([json.length + 2, 0, json.length]), json]))
      return
    }
    online++
    socket.on('close', () => online--)
    socket.write('hello')
  })
})
console.log('starting')
setTimeout(() => server.listen(port, '127.0.0.1', () => console.log('Done (1s)!')), startMs)
`

interface Timing {
  readonly startMs?: number
  readonly stopMs?: number
  readonly more?: string
  readonly args?: string
}

/** A folder with a proxy and one server that sleeps. */
class Sleeping {
  readonly folder: string

  private constructor(folder: string) {
    this.folder = folder
    onTestFinished(() => this.#kill())
  }

  static async make({ startMs = 300, stopMs = 0, more = '', args }: Timing = {}): Promise<Sleeping> {
    const port = await freePort()
    const folder = folderWith({
      'infrarust.toml': '[log]\nformat = "json"\n[status_cache]\nttl = "0s"\n[wake]\nper_client = 0\n',
      'game/server.mjs': SERVER,
      'servers/survival.toml': `
domains = ["survival.example.com"]
addresses = ["127.0.0.1:${port}"]
[server_manager]
type = "local"
command = ${JSON.stringify(process.execPath)}
args = ${args ?? JSON.stringify(['server.mjs', String(port), String(startMs), String(stopMs)])}
working_dir = "../game"
min_online = "0s"
start_timeout = "60s"
shutdown_timeout = "20s"
${more}
`,
    })
    return new Sleeping(folder)
  }

  get pids(): readonly number[] {
    const path = join(this.folder, 'game', 'starts')
    return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n').map(Number) : []
  }

  /** Processes of the server that are there. */
  get alive(): readonly number[] {
    return this.pids.filter((pid) => {
      try {
        process.kill(pid, 0)
        return true
      } catch {
        return false
      }
    })
  }

  async gone(): Promise<void> {
    await until(
      () => this.pids.length > 0 && this.alive.length === 0,
      'the server to be gone',
      () => JSON.stringify(this.alive),
    )
  }

  #kill(): void {
    for (const pid of this.alive) process.kill(-pid, 'SIGKILL')
  }
}

async function login(proxy: Running, name: string, protocol?: number): Promise<RawClient> {
  const client = await RawClient.open(await proxy.port())
  return client.send(loginBytes('survival.example.com', name, protocol))
}

async function statusText(proxy: Running): Promise<string> {
  const client = await RawClient.open(await proxy.port())
  client.send(statusBytes('survival.example.com', 765))
  await until(() => client.received.length > 0 || client.isClosed, 'a status')
  client.destroy()
  return client.received.toString('utf8')
}

const SIDE_BY_SIDE = { timeout: 120_000 }

describe('a server that sleeps', SIDE_BY_SIDE, () => {
  it('is woken by a login and by no ping, lets everybody in who waited, and sleeps again when all have left', async () => {
    const sleeping = await Sleeping.make({ more: 'shutdown_after = "1s"' })
    const proxy = new Running(sleeping.folder)
    await proxy.logged('server "survival" sleeps')
    const asleep = await statusText(proxy)
    expect(asleep).toContain('survival sleeps. Join to wake it.')
    expect(asleep).toContain('"protocol":765')
    expect(sleeping.pids).toEqual([])

    const first = await login(proxy, 'Steve')
    await proxy.logged('is woken by Steve (127.0.0.1)')
    const second = await login(proxy, 'Alex')
    await first.receives('hello')
    await second.receives('hello')
    expect(sleeping.pids).toHaveLength(1)
    expect(await statusText(proxy)).toContain('"online":2')

    first.destroy()
    const record = await proxy.access(({ player }) => player === 'Steve')
    expect(record.ms).toMatchObject({ hold: expect.any(Number) })
    second.destroy()
    await proxy.logged('is stopped: nobody is there')
    await sleeping.gone()
    expect(sleeping.pids).toHaveLength(1)
  })
  it('tells who cannot be kept to come back, and starts all the same', async () => {
    const sleeping = await Sleeping.make({ more: '[wake]\nwait = "kick"' })
    const proxy = new Running(sleeping.folder)
    await proxy.logged('server "survival" sleeps')
    const sent = await login(proxy, 'Steve')
    await sent.receives('is starting. Try again in a moment.')
    await proxy.logged('server "survival" is up after')
    const back = await login(proxy, 'Steve')
    await back.receives('hello')
    expect(sleeping.pids).toHaveLength(1)
  })
  it('that cannot be started says so to who waits, and to who comes too early', async () => {
    const sleeping = await Sleeping.make({ args: '["-e", "console.log(\'no world\'); process.exit(3)"]' })
    const proxy = new Running(sleeping.folder)
    await proxy.logged('server "survival" sleeps')
    const first = await login(proxy, 'Steve')
    await first.receives('survival could not be started.')
    const line = await proxy.logged('could not be started, or has ended')
    expect(line.msg).toContain('it has ended by itself, with status 3; it wrote last: "no world"')
    const second = await login(proxy, 'Alex')
    await second.receives('Try again in ')
    await proxy.access(({ reason }) => reason === 'wake_failed')
  })
  it('is woken only by those whom [wake] names', async () => {
    const sleeping = await Sleeping.make({ more: '[wake]\nallow = ["Admin"]' })
    const proxy = new Running(sleeping.folder)
    await proxy.logged('server "survival" sleeps')
    const stranger = await login(proxy, 'Steve')
    await stranger.receives('survival sleeps, and you cannot wake it.')
    expect(sleeping.pids).toEqual([])
    const admin = await login(proxy, 'Admin')
    await admin.receives('hello')
  })
  it('is stopped with the proxy, after the players', async () => {
    const sleeping = await Sleeping.make()
    const proxy = new Running(sleeping.folder)
    const player = await login(proxy, 'Steve')
    await player.receives('hello')
    player.destroy()
    proxy.program.kill('SIGTERM')
    expect(await proxy.exit).toBe(0)
    await sleeping.gone()
  })
  it('is started, shown and stopped by commands', async () => {
    const sleeping = await Sleeping.make()
    const proxy = new Running(sleeping.folder)
    await proxy.logged('server "survival" sleeps')
    const run = async (...args: readonly string[]) => await finish(args, '', { cwd: sleeping.folder })
    expect((await run('server', 'list')).stdout).toMatch(/survival +local +sleeping/)
    const doctor = await run('doctor')
    expect(doctor.stdout).toMatch(/survival +asleep/)
    expect(doctor.code).toBe(0)
    expect((await run('server', 'start', 'survival')).stdout).toBe('server "survival" is starting\n')
    await proxy.logged('server "survival" is up after')
    expect((await run('server', 'log', 'survival')).stdout).toBe('starting\nDone (1s)!\n')
    expect((await run('status')).stdout).toMatch(/survival +online/)
    expect((await run('doctor')).stdout).toMatch(/survival +ok/)
    expect((await run('server', 'stop', 'survival')).stdout).toBe('server "survival" is stopping\n')
    await sleeping.gone()
    const unknown = await run('server', 'start', 'nope')
    expect(unknown).toMatchObject({ code: 2 })
    expect(unknown.stderr).toContain(
      'there is no server "nope"; of those that are started and stopped here there are survival',
    )
  })
})

describe('a server that sleeps, over the API', SIDE_BY_SIDE, () => {
  // Both dialled it: a page that was open in a browser did so every minute.
  it('is not dialled for its status or by doctor, and is when it is up', async () => {
    let dialled = 0
    const status = encodeStatusResponse(JSON.stringify({ players: { max: 9, online: 0 }, description: 'up' }))
    const listener = createServer((socket) => {
      dialled++
      socket.on('error', () => {}).once('data', () => socket.end(status))
    }).listen(0, '127.0.0.1')
    onTestFinished(() => void listener.close())
    await once(listener, 'listening')
    const { port } = listener.address() as AddressInfo
    const folder = folderWith({
      'infrarust.toml': '[log]\nformat = "json"\n[web]\nbind = "127.0.0.1:0"\napi_key = "the-key-of-this-test"\n',
      'servers/survival.toml': `domains = ["survival.example.com"]\naddresses = ["127.0.0.1:${port}"]\n[server_manager]\ntype = "command"\nstart = ["touch", "on"]\nstop = ["rm", "on"]\nstate = ["test", "-e", "on"]\n`,
    })
    const proxy = new Running(folder)
    await proxy.logged('server "survival" sleeps')
    const { url } = await proxy.line(({ event }) => event === 'web')
    const asked = async (method: string, path: string): Promise<unknown> => {
      const headers = { authorization: 'Bearer the-key-of-this-test', 'content-type': 'application/json' }
      const body = method === 'POST' ? '{}' : undefined
      const answer = await fetch(`${url}api/v1${path}`, { method, headers, ...(body !== undefined && { body }) })
      return ((await answer.json()) as { readonly data: unknown }).data
    }
    // One look at the start finds out whether it is up already.
    const before = dialled
    expect(await asked('GET', '/servers/survival/health')).toEqual({ state: 'asleep', status: null })
    expect(await asked('POST', '/servers/survival/doctor')).toMatchObject({ verdict: 'asleep', endpoints: [] })
    expect(dialled).toBe(before)
    await asked('POST', '/servers/survival/start')
    await proxy.logged('server "survival" is up')
    expect(await asked('GET', '/servers/survival/health')).toMatchObject({ state: 'online' })
  })
})

describe('a proxy that is killed', SIDE_BY_SIDE, () => {
  async function killed(proxy: Running): Promise<void> {
    proxy.program.kill('SIGKILL')
    await proxy.exit
  }

  it('while the server sleeps has started nothing', async () => {
    const sleeping = await Sleeping.make()
    const proxy = new Running(sleeping.folder)
    await proxy.logged('server "survival" sleeps')
    await killed(proxy)
    const next = new Running(sleeping.folder)
    await next.logged('server "survival" sleeps')
    expect(sleeping.pids).toEqual([])
  })
  it.each([
    ['while the server starts', 1_500],
    ['while the server is up', 0],
  ])('%s starts it no second time, and puts it to sleep when nobody comes', async (_, startMs) => {
    const sleeping = await Sleeping.make({ startMs, more: 'shutdown_after = "2s"' })
    const proxy = new Running(sleeping.folder)
    const player = await login(proxy, 'Steve')
    await until(() => sleeping.pids.length > 0, 'the start')
    if (startMs === 0) await player.receives('hello')
    await killed(proxy)

    const next = new Running(sleeping.folder)
    const back = await login(next, 'Steve')
    await back.receives('hello')
    expect(sleeping.pids).toHaveLength(1)
    await next.logged('its console is gone, so it will be stopped by SIGTERM')
    back.destroy()
    await sleeping.gone()
    await until(() => next.lines.some(({ msg }) => msg === 'server "survival" sleeps'), 'it sleeps')
    expect(sleeping.pids).toHaveLength(1)
  })
  it('while the server is stopped finds it stopped, and starts it for the next player', async () => {
    const sleeping = await Sleeping.make({ stopMs: 1_500, more: 'shutdown_after = "1s"' })
    const proxy = new Running(sleeping.folder)
    const player = await login(proxy, 'Steve')
    await player.receives('hello')
    player.destroy()
    await proxy.logged('is stopped: nobody is there')
    await killed(proxy)

    const next = new Running(sleeping.folder)
    await sleeping.gone()
    expect(sleeping.pids).toHaveLength(1)
    const back = await login(next, 'Steve')
    await back.receives('hello')
    expect(sleeping.alive).toHaveLength(1)
  })
})
