import { existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { encodeStatusResponse } from '@infrarust/minecraft'
import { encodeV1, encodeV2 } from '@infrarust/proxy-protocol'
import { folderWith, loginBytes, RawBackend, RawClient, statusBytes, until } from '@infrarust/test-kit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { finish } from './program.ts'
import { Running } from './running.ts'

const PLAYER = { address: '203.0.113.7', port: 54_321 }
const HEADER = encodeV2({ command: 'PROXY', source: PLAYER, destination: { address: '198.51.100.2', port: 25_565 } })
const LOCAL = encodeV2({ command: 'LOCAL' })
const UNKNOWN = encodeV1({ command: 'LOCAL' })

/** A folder with a proxy that listens at a Unix socket and whose server is at another. */
function folder(kind: 'node' | 'native', more = ''): { readonly path: string; readonly socket: string } {
  const path = folderWith({})
  const socket = join(path, 'in.sock')
  const toml =
    `[[listener]]\nname = "local"\nbind = "unix:${socket}"\n[listener.proxy_protocol]\nmode = "required"\n` +
    `[transport]\nkind = "${kind}"\n[admin]\nbind = "127.0.0.1:0"\n[rate_limit]\nmax_connections = 1\nstatus_max = 1\n${more}`
  writeFileSync(join(path, 'infrarust.toml'), toml)
  return { path, socket }
}

function serverFile(path: string, more = 'send_proxy_protocol = true\n'): string {
  return `domains = ["a.example.com"]\naddresses = ["unix:${join(path, 'paper.sock')}"]\n${more}`
}

/** Answers a list ping, and greets whoever joins. */
async function paper(path: string): Promise<RawBackend> {
  const backend = await RawBackend.start({
    path: join(path, 'paper.sock'),
    onConnection: (socket) => void socket.write(encodeStatusResponse('{"description":"here"}')),
  })
  onTestFinished(() => backend.stop())
  return backend
}

/** Without `--bind`, which would be another listener. */
function run(cwd: string): Running {
  return new Running(cwd, [], {}, { bind: undefined })
}

describe.each(['node', 'native'] as const)(
  'a listener on a Unix socket, %s transport',
  { timeout: 120_000 },
  (kind) => {
    it('serves players whose address is in their header, and is called unix wherever a peer is told', async () => {
      const { path, socket } = folder(kind)
      folderFile(path, 'servers/a.toml', serverFile(path))
      const backend = await paper(path)
      const proxy = run(path)
      const listening = await proxy.line(({ event }) => event === 'listening')
      expect(listening).toMatchObject({
        msg: `listening on unix:${socket}, PROXY protocol required`,
        address: `unix:${socket}`,
      })
      expect(lstatSync(socket).mode & 0o777).toBe(0o660)

      const client = await RawClient.openUnix(socket)
      client.send(HEADER, loginBytes('a.example.com'))
      await client.receives('here')
      expect((await backend.header()).header).toMatchObject({
        source: PLAYER,
        destination: { address: '198.51.100.2' },
      })

      const connections = await finish(['connections', '--json'], '', { cwd: path })
      const [shown] = JSON.parse(connections.stdout).connections
      expect(shown).toMatchObject({ client: PLAYER.address, client_port: PLAYER.port, peer: 'unix', listener: 'local' })
      expect(shown).toMatchObject({ endpoint: `unix:${join(path, 'paper.sock')}`, server: 'a' })
      expect(shown).not.toHaveProperty('peer_port')
      expect((await finish(['connections'], '', { cwd: path })).stdout).toMatch(/203\.0\.113\.7 +unix +v2/)
      const status = await finish(['status'], '', { cwd: path })
      expect(status.stdout).toMatch(/local +required +whoever may open it \(mode 0660\) +1 +/)
      expect(status.stdout).toContain('unix')
      await proxy.logged(`a.example.com -> unix:${join(path, 'paper.sock')}`)

      const pinged = await finish(['ping', 'a.example.com', '--json'], '', { cwd: path })
      expect(JSON.parse(pinged.stdout).ways).toMatchObject([
        { way: 'through', address: `unix:${socket} "local"`, result: 'answered' },
        { way: 'past', address: `unix:${join(path, 'paper.sock')}`, result: 'answered' },
      ])
      expect(pinged.code).toBe(0)

      client.destroy()
      const record = await proxy.access(({ player }) => player !== undefined)
      expect(record).toMatchObject({
        ...{ client: PLAYER.address, peer: 'unix', listener: 'local', proxy_command: 'PROXY', server: 'a' },
        endpoint: `unix:${join(path, 'paper.sock')}`,
      })
      expect(record).not.toHaveProperty('peer_port')
      expect(await stop(proxy)).toBe(0)
      expect(existsSync(socket)).toBe(false)
    })

    it('answers as many health checks as come, and lets nobody in behind one', async () => {
      const { path, socket } = folder(kind)
      folderFile(path, 'servers/a.toml', serverFile(path))
      const backend = await paper(path)
      const proxy = run(path)
      await proxy.logged('listening on unix:')
      for (const header of [LOCAL, UNKNOWN, LOCAL, UNKNOWN]) {
        const check = await RawClient.openUnix(socket)
        check.send(header, statusBytes('a.example.com'))
        await check.receives('here')
        check.destroy()
      }
      for (const header of [LOCAL, UNKNOWN]) {
        const player = await RawClient.openUnix(socket)
        player.send(header, loginBytes('a.example.com'))
        await player.closed()
        expect(player.received).toHaveLength(0)
      }
      const records = () => proxy.lines.filter(({ event }) => event === 'access')
      await until(() => records().length === 6, 'six records')
      // Connections of different threads end in any order.
      expect(
        records()
          .map(({ client, peer, intent, reason }) => `${client} ${peer} ${intent} ${reason}`)
          .sort(),
      ).toEqual([
        ...Array.from({ length: 2 }, () => 'unix unix login proxy_protocol'),
        ...Array.from({ length: 4 }, () => 'unix unix status answered'),
      ])
      expect((await proxy.logged('a login behind a LOCAL header')).msg).toContain('(peer unix, listener local)')
      // Nobody came to the server for these but the proxy itself, which asks for nobody.
      for (const index of backend.connections.keys())
        expect((await backend.header(index)).header.family).not.toMatch(/^IP/)
      const { port } = await proxy.line(({ event }) => event === 'admin')
      const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
      expect(metrics).toMatch(/infrarust_proxy_headers_total\{.*command="LOCAL".*\} 3/)
      expect(metrics).toMatch(/infrarust_connections_total\{listener="local",.*outcome="proxy_protocol"\} 2/)
    })

    it('replaces what a killed one has left, and leaves alone what a living one has, and what is no socket', async () => {
      const { path, socket } = folder(kind)
      const killed = run(path)
      await killed.logged('listening on unix:')
      killed.program.kill('SIGKILL')
      await killed.exit
      expect(existsSync(socket)).toBe(true)
      const first = run(path)
      await first.logged('listening on unix:')

      const second = run(path)
      expect(await second.exit).toBe(1)
      expect(second.lines.map(({ msg }) => msg)).toContain(
        `cannot listen on unix:${socket} ("local"): another process listens there already; stop it, or choose another path with bind`,
      )
      const client = await RawClient.openUnix(socket)
      client.send(HEADER, statusBytes('nowhere.example.com'))
      await client.receives('nowhere')
      client.destroy()
      expect(await stop(first)).toBe(0)

      writeFileSync(socket, 'mine')
      const third = run(path)
      expect(await third.exit).toBe(1)
      expect(third.lines.map(({ msg }) => msg)).toContain(
        `cannot listen on unix:${socket} ("local"): something is there that is no socket; remove it, or choose another path with bind`,
      )
      expect(readFileSync(socket, 'utf8')).toBe('mine')
    })

    it('stays over a reload, lets sessions go on at the end, and is gone for newcomers by then', async () => {
      const { path, socket } = folder(kind)
      folderFile(path, 'servers/a.toml', serverFile(path))
      await paper(path)
      const proxy = run(path)
      await proxy.logged('listening on unix:')
      const { ino } = lstatSync(socket)
      const player = await RawClient.openUnix(socket)
      player.send(HEADER, loginBytes('a.example.com'))
      await player.receives('here')

      const before = readFileSync(join(path, 'infrarust.toml'), 'utf8')
      writeFileSync(
        join(path, 'infrarust.toml'),
        before.replace('mode = "required"', 'mode = "required"\nversions = ["v2"]'),
      )
      const reloaded = await finish(['reload'], '', { cwd: path })
      expect(reloaded.code).toBe(0)
      expect(lstatSync(socket).ino).toBe(ino)
      const old = await RawClient.openUnix(socket)
      old.send(encodeV1({ command: 'LOCAL' }))
      await old.closed()
      expect(player.isClosed).toBe(false)

      proxy.program.kill('SIGTERM')
      await until(() => !existsSync(socket), 'the socket to be gone')
      expect(player.isClosed).toBe(false)
      player.destroy()
      expect(await proxy.exit).toBe(0)
    })
  },
)

describe('a Unix socket', { timeout: 60_000 }, () => {
  it('is shown by check, and refused without a header, in a folder that is not there, and with networks', async () => {
    const { path, socket } = folder('node')
    folderFile(path, 'servers/a.toml', serverFile(path))
    const checked = await finish(['check'], '', { cwd: path })
    expect(checked.stdout).toBe(
      `listener  unix:${socket}  "local"  PROXY protocol required, trusted: whoever may open it (mode 0660)\n` +
        `server    a  a.example.com -> unix:${join(path, 'paper.sock')}  sends PROXY v2  (servers/a.toml)\n`,
    )
    expect(checked.code).toBe(0)
    const { listeners } = JSON.parse((await finish(['check', '--json'], '', { cwd: path })).stdout)
    expect(listeners).toMatchObject([{ host: `unix:${socket}`, port: null, trusted: null }])

    writeFileSync(join(path, 'infrarust.toml'), `bind = "unix:${socket}"\n`)
    const refused = await finish(['check'], '', { cwd: path })
    expect(refused.stderr).toContain(
      `infrarust.toml:1:1: unix:${socket} is a Unix socket, where only a PROXY header says who the client is, and the mode is "off"`,
    )
    expect(refused.code).toBe(1)

    writeFileSync(
      join(path, 'infrarust.toml'),
      'bind = "unix:/nowhere/at/all/in.sock"\nreceive_proxy_protocol = true\n',
    )
    const started = await finish([], '', { cwd: path })
    expect(started.stdout + started.stderr).toContain('there is no folder /nowhere/at/all; make it')
    expect(started.code).toBe(1)
  })

  it('that leads back to the proxy is found by check', async () => {
    const { path, socket } = folder('node')
    folderFile(path, 'servers/a.toml', `domains = ["a.example.com"]\naddresses = ["unix:${socket}"]\n`)
    const { stderr, code } = await finish(['check'], '', { cwd: path })
    expect(stderr).toContain(`server "a" leads back to this proxy: it listens at unix:${socket} itself`)
    expect(code).toBe(1)
  })

  it('at which a server is gets its verdict from doctor', async () => {
    const { path } = folder('node')
    folderFile(path, 'servers/a.toml', serverFile(path, ''))
    const dead = await finish(['doctor', '--json'], '', { cwd: path })
    expect(JSON.parse(dead.stdout).servers).toMatchObject([{ id: 'a', verdict: 'unreachable' }])
    await paper(path)
    const doctor = await finish(['doctor'], '', { cwd: path })
    expect(doctor.stdout).toContain('PROXY protocol required, believed from whoever may open it (mode 0660)')
    expect(doctor.stdout).toMatch(/a +ok +no header +unix:\/.*paper\.sock +answered/)
    expect(doctor.stderr).not.toContain('can be reached by anybody')
    expect(doctor.code).toBe(0)
  })

  it('is not written by a provider of strangers', async () => {
    const { path } = folder('node', '[[provider]]\nuse = "./panel.mjs"\n')
    const values = { domains: ['a.example.com'], addresses: ['unix:/run/infrarust/control.sock'] }
    folderFile(
      path,
      'panel.mjs',
      `export default () => ({ name: 'panel', start: (emit) => emit({ servers: [{ key: 'a', source: 'panel', values: ${JSON.stringify(values)} }] }) })\n`,
    )
    const { stderr, code } = await finish(['check'], '', { cwd: path })
    expect(stderr).toContain(
      'addresses holds "unix:/run/infrarust/control.sock"; a Unix socket is for the files of the operator alone',
    )
    expect(code).toBe(1)
  })
})

function folderFile(path: string, name: string, text: string): void {
  mkdirSync(dirname(join(path, name)), { recursive: true })
  writeFileSync(join(path, name), text)
}

async function stop(proxy: Running): Promise<number | null> {
  proxy.program.kill('SIGTERM')
  return await proxy.exit
}
