import { once } from 'node:events'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { openSqliteStore } from '@infrarust/ban-sqlite'
import type { Ban } from '@infrarust/core/ban-store'
import { type Ended, folderWith, loginBytes } from '@infrarust/test-kit'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { connected, kickText } from './client.ts'
import { finish } from './program.ts'
import { Running } from './running.ts'

const DOMAIN = 'a.example.com'

let folder: string
let proxy: Running
let port: number
/** A session that nothing here may end. */
let bystander: Socket

beforeEach(async () => {
  const echo = createServer((socket) => {
    socket.on('error', () => {})
    socket.pipe(socket)
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void echo.close())
  await once(echo, 'listening')
  const { port: backend } = echo.address() as AddressInfo
  folder = folderWith({
    'infrarust.toml': toml(),
    'servers/a.toml': `domains = ["${DOMAIN}"]\naddresses = ["127.0.0.1:${backend}"]\n`,
  })
  proxy = new Running(folder)
  port = await proxy.port()
  await proxy.logged('server "a" added')
  bystander = await session('Bystander')
})

function toml(changed = ''): string {
  return `[rate_limit]\nmax_connections = 0\n${changed}`
}

/** Writes `infrarust.toml` anew; keys of the top level come before the tables. */
function change(tables: string, keys = ''): void {
  writeFileSync(join(folder, 'infrarust.toml'), `${keys}\n${toml(tables)}`)
}

/** Logs in and waits for the server's echo. */
async function session(name: string): Promise<Socket> {
  const socket = await connected(port)
  socket.on('error', () => {})
  socket.write(loginBytes(DOMAIN, name))
  await once(socket, 'data')
  return socket
}

async function bystanderIsUntouched(): Promise<void> {
  const echoed = once(bystander, 'data')
  bystander.write('still here')
  expect(String((await echoed)[0])).toBe('still here')
}

function command(...args: readonly string[]): Promise<Ended> {
  return finish(args, '', { cwd: folder })
}

/** A store beside that of the proxy. */
async function storeWith(file: string, ...bans: readonly Ban[]): Promise<void> {
  const store = await openSqliteStore({ file: join(folder, file) })
  await store.add(bans, 'test')
  await store.close()
}

function banOf(name: string, expiresAt?: number): Ban {
  const target = { type: 'username', value: name } as const
  return { target, playerName: undefined, reason: undefined, source: 'test', createdAt: 1, expiresAt }
}

function errors(): readonly unknown[] {
  return proxy.lines.filter(({ level }) => level === 'error').map(({ msg }) => msg)
}

describe('the ban store, changed in infrarust.toml while players are in', () => {
  it('has the bans of another file in force: on players who are in, on those who come, and for commands', async () => {
    expect((await command('ban', 'add', 'Old')).code).toBe(0)
    await storeWith('other.db', banOf('Steve'))
    const steve = await session('Steve')
    const ended = once(steve, 'close')
    change('[ban]\nfile = "other.db"\n')
    await ended
    expect(await proxy.access(({ player }) => player === 'Steve')).toMatchObject({ reason: 'banned' })
    await proxy.logged('bans are kept in')
    expect(await kickText(port, DOMAIN, 'Steve')).toContain('banned')
    ;(await session('Old')).destroy()

    expect((await command('ban', 'add', 'New')).stdout).toBe('banned New\n')
    expect(await kickText(port, DOMAIN, 'New')).toContain('banned')
    change('')
    await proxy.logged('bans.db now')
    expect(await kickText(port, DOMAIN, 'Old')).toContain('banned')
    ;(await session('New')).destroy()
    await bystanderIsUntouched()
  })

  it('stays in force where the new one cannot be opened, says so once, and moves when that is mended', async () => {
    expect((await command('ban', 'add', 'Old')).code).toBe(0)
    writeFileSync(join(folder, 'other.db'), 'this is no database, and long enough to be taken for one'.repeat(40))
    change('[ban]\nfile = "other.db"\n')
    const { msg } = await proxy.logged('file in [ban]: ')
    expect(msg).toContain('stay in force')
    expect(errors()).toEqual([msg])
    expect(await kickText(port, DOMAIN, 'Old')).toContain('banned')
    const refused = await command('reload')
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('file in [ban]: ')

    rmSync(join(folder, 'other.db'))
    expect(await command('reload')).toMatchObject({ code: 0, stderr: '' })
    ;(await session('Old')).destroy()
    await bystanderIsUntouched()
  })

  it('takes out expired bans at the new purge_interval, and nothing else changes', async () => {
    await storeWith('bans.db', banOf('Expired', 2), banOf('Steve'))
    const purged = async (): Promise<string> => (await command('ban', 'show', 'Expired')).stdout
    expect(await purged()).not.toContain('expired')
    change('[ban]\npurge_interval = "1s"\n')
    await expect.poll(purged, { timeout: 30_000, interval: 200 }).toContain('expired')
    expect(await kickText(port, DOMAIN, 'Steve')).toContain('banned')
    expect(errors()).toEqual([])
    await bystanderIsUntouched()
  })

  it('tells each ban in the log or does not, as enable_audit_log says now', async () => {
    change('[ban]\nenable_audit_log = false\n')
    await proxy.logged('enable_audit_log')
    await command('ban', 'add', 'Silent')
    change('')
    await proxy.logged('configuration changed: ban.enable_audit_log: false')
    await command('ban', 'add', 'Told')
    await proxy.line(({ event, target }) => event === 'ban' && target === 'Told')
    expect(proxy.lines.filter(({ target }) => target === 'Silent')).toEqual([])
    await bystanderIsUntouched()
  })
})

describe('the control socket, changed in infrarust.toml while players are in', () => {
  it('is at the new path and no longer at the old one, and finishes what was begun there', async () => {
    const path = join(folder, 'infrarust.sock')
    await expect.poll(() => existsSync(path), { timeout: 20_000 }).toBe(true)
    const begun = request({ socketPath: path, method: 'POST', path: '/api/v1/bans/import?by=test' })
    begun.write('{"name":"Before"}\n')
    // Taken by then: connections are, in their order.
    expect(await command('status')).toMatchObject({ code: 0 })
    change('[control]\nsocket = "moved.sock"\n')
    await proxy.logged('commands are taken on')
    begun.end('{"name":"After"}\n')
    const [answer] = await once(begun, 'response')
    expect(answer.resume().statusCode).toBe(200)
    expect(await kickText(port, DOMAIN, 'After')).toContain('banned')
    expect(await command('reload')).toMatchObject({ code: 0, stderr: '' })
    expect(existsSync(join(folder, 'infrarust.sock'))).toBe(false)
    await bystanderIsUntouched()
  })

  it('stays where it is where the new path cannot be used, which is one error', async () => {
    const long = `${'x'.repeat(120)}.sock`
    change(`[control]\nsocket = "${long}"\n`)
    const { msg } = await proxy.logged('socket in [control]: ')
    expect(msg).toContain('commands are still taken on')
    expect(errors()).toEqual([msg])
    writeFileSync(join(folder, 'old.toml'), toml())
    expect((await command('status', '--config', 'old.toml')).code).toBe(0)
    await bystanderIsUntouched()
  })
})

describe('data_dir, changed in infrarust.toml while players are in', () => {
  it('takes the store and the socket along', async () => {
    mkdirSync(join(folder, 'data'))
    await storeWith('data/bans.db', banOf('Steve'))
    change('', 'data_dir = "data"')
    await proxy.logged('commands are taken on')
    expect(existsSync(join(folder, 'infrarust.sock'))).toBe(false)
    expect((await command('ban', 'list')).stdout).toContain('Steve')
    expect((await command('status')).code).toBe(0)
    expect(await kickText(port, DOMAIN, 'Steve')).toContain('banned')
    await bystanderIsUntouched()
  })

  // A store that is not there yet opens as an empty one: all bans would have ended without a word.
  it('stays where it is where nothing can be kept there, and is named for the store and for the socket', async () => {
    expect((await command('ban', 'add', 'Old')).code).toBe(0)
    change('', 'data_dir = "infrarust.toml/data"')
    await proxy.line(({ msg }) => typeof msg === 'string' && msg.includes('commands are still taken on'))
    expect(errors()).toEqual([
      expect.stringMatching(/^data_dir: ban store .* stay in force$/),
      expect.stringMatching(/^data_dir: .* commands are still taken on/),
    ])
    expect(await kickText(port, DOMAIN, 'Old')).toContain('banned')
    await bystanderIsUntouched()
  })
})
