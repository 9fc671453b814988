import { once } from 'node:events'
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { constants } from 'node:os'
import { join } from 'node:path'
import { encode } from '@infrarust/proxy-protocol'
import { folderWith, loginBytes } from '@infrarust/test-kit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { connected, kickText, ping, received } from './client.ts'
import { finish } from './program.ts'
import { Running } from './running.ts'

/** The fields that issue and documentation name, and what the log itself adds. */
const ACCESS_FIELDS = new Set([
  ...['level', 'time', 'event', 'client', 'client_port', 'peer', 'peer_port', 'listener', 'proxy_version'],
  ...['proxy_command', 'intent', 'protocol', 'domain', 'player', 'server', 'endpoint', 'bytes_in', 'bytes_out', 'ms'],
  'reason',
])

/** A server that keeps what it was sent and answers each connection with these bytes. */
async function backend(
  answer: string,
): Promise<{ readonly port: number; readonly sockets: Socket[]; readonly server: Server }> {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.once('data', () => socket.write(answer))
    socket.on('error', () => {})
  })
  onTestFinished(() => void server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, sockets, server }
}

function serverFile(port: number, more = ''): string {
  return `domains = ["a.example.com"]\naddresses = ["127.0.0.1:${port}"]\n${more}`
}

describe('the embedded default', { timeout: 60_000 }, () => {
  it('answers a list ping of any domain with the address that it sees', async () => {
    const running = new Running(folderWith({}))
    const { socket, text, protocol } = await ping(await running.port(), 'anything.example.com')
    expect(text).toContain('127.0.0.1')
    expect(protocol).toBe(765)
    const { localPort } = socket
    socket.destroy()
    expect(await running.access()).toMatchObject({
      client: '127.0.0.1',
      client_port: localPort,
      peer: '127.0.0.1',
      intent: 'status',
      domain: 'anything.example.com',
      reason: 'answered',
    })
  })
  it('kicks a login with what to do next', async () => {
    const running = new Running(folderWith({}))
    expect(await kickText(await running.port(), 'a.example.com', 'Notch')).toContain('servers/')
    expect(await running.access()).toMatchObject({ intent: 'login', player: 'Notch', reason: 'answered' })
  })
  it('logs where the first server file goes', async () => {
    const folder = folderWith({})
    const { msg } = await new Running(folder).logged('embedded default')
    expect(msg).toContain(join(folder, 'servers'))
  })
  it('serves a first server as soon as its file is there, without a restart', async () => {
    const folder = folderWith({})
    const running = new Running(folder)
    const port = await running.port()
    const { port: backendPort } = await backend('hello')
    await running.logged('does not exist yet')
    mkdirSync(join(folder, 'servers'))
    writeFileSync(join(folder, 'servers', 'a.toml'), serverFile(backendPort))
    await running.logged('server "a" added')
    const socket = await connected(port)
    socket.write(loginBytes('a.example.com', 'Notch'))
    expect(String(await once(socket, 'data'))).toBe('hello')
    expect(await kickText(port, 'b.example.com', 'Notch')).toContain('b.example.com')
  })
})

describe('the command run', { timeout: 60_000 }, () => {
  it('is what the program does without one, with its options before or behind it', async () => {
    const running = new Running(folderWith({}), ['run', '--log-level', 'debug'])
    expect((await ping(await running.port(), 'a.example.com')).text).toContain('127.0.0.1')
  })
})

describe('a server file', { timeout: 60_000 }, () => {
  it('that is mended gets a word, also where the server is what it was before', async () => {
    const folder = folderWith({ 'servers/a.toml': serverFile(1) })
    const running = new Running(folder)
    await running.logged('server "a" added')
    writeFileSync(join(folder, 'servers/a.toml'), serverFile(1, 'proxy_mod = "offline"\n'))
    await running.logged('servers/a.toml:3:1: unknown key "proxy_mod"; did you mean "proxy_mode"?')
    writeFileSync(join(folder, 'servers/a.toml'), serverFile(1))
    await running.logged('servers/a.toml: the mistake is mended')
  })
})

describe('a relayed login', { timeout: 60_000 }, () => {
  it('reaches the server with the address of the player, and has a record with the documented fields', async () => {
    const { port: backendPort, sockets } = await backend('hello')
    const running = new Running(
      folderWith({
        'infrarust.toml': 'receive_proxy_protocol = true',
        'servers/a.toml': serverFile(backendPort, 'send_proxy_protocol = true'),
      }),
    )
    const port = await running.port()
    await running.logged('server "a" added')
    const source = { address: '203.0.113.7', port: 54_321 }
    const header = encode({ command: 'PROXY', source, destination: { address: '198.51.100.2', port: 25_565 } })
    const login = loginBytes('a.example.com', 'Notch')
    const socket = await connected(port)
    const { localPort } = socket
    socket.write(Buffer.concat([header, login]))
    expect(String(await once(socket, 'data'))).toBe('hello')
    socket.end()
    sockets[0]?.end()
    const record = await running.access()
    expect(Object.keys(record).filter((key) => !ACCESS_FIELDS.has(key))).toEqual([])
    expect(record).toMatchObject({
      level: 'info',
      client: '203.0.113.7',
      client_port: 54_321,
      peer: '127.0.0.1',
      peer_port: localPort,
      listener: '127.0.0.1:0',
      proxy_version: 2,
      proxy_command: 'PROXY',
      intent: 'login',
      protocol: 765,
      domain: 'a.example.com',
      player: 'Notch',
      server: 'a',
      endpoint: `127.0.0.1:${backendPort}`,
      bytes_in: login.length,
      bytes_out: 5,
      ms: { total: expect.any(Number), relay: expect.any(Number) },
      reason: 'client_closed',
    })
  })
  it('without the header that is required is closed without an answer, the documented error in the log', async () => {
    const running = new Running(folderWith({ 'infrarust.toml': 'receive_proxy_protocol = true' }))
    const socket = await connected(await running.port())
    socket.write(loginBytes('a.example.com', 'Notch'))
    expect(await received(socket)).toHaveLength(0)
    expect(await running.access()).toMatchObject({
      reason: 'proxy_protocol',
      client: '127.0.0.1',
      msg: expect.stringContaining('InvalidProxyProtocol: data does not start with a proxy protocol signature'),
    })
  })
})

// All but the first two ended the process at once, and every session without a record.
describe.each(['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGUSR2'] as const)('%s', { timeout: 60_000 }, (signal) => {
  it('lets a session go on, takes no new one, and exits with 0 when the session has ended', async () => {
    const { running, socket, port } = await withSession('1m')
    running.program.kill(signal)
    await running.logged('no new connections')
    await expect(connected(port)).rejects.toThrow('ECONNREFUSED')
    socket.write('still here')
    expect(String(await once(socket, 'data'))).toBe('echo')
    socket.end()
    expect(await running.exit).toBe(0)
    expect(await running.access()).toMatchObject({ reason: 'client_closed' })
  })
  it('ends the session after shutdown_timeout, with its record', async () => {
    const { running, socket } = await withSession('100ms')
    running.program.kill(signal)
    await once(socket, 'close')
    expect(await running.exit).toBe(0)
    expect(await running.access()).toMatchObject({ reason: 'shutdown' })
  })
  it('sent twice exits at once, and the session still has its record', async () => {
    const { running } = await withSession('1h')
    running.program.kill(signal)
    await running.logged('no new connections')
    running.program.kill(signal)
    expect(await running.exit).toBe(128 + constants.signals[signal])
    expect(await running.access()).toMatchObject({ reason: 'shutdown' })
  })

  async function withSession(shutdownTimeout: string) {
    const { port: backendPort, sockets } = await backend('hello')
    const running = new Running(
      folderWith({
        // Here a session is known to be one as soon as its first byte is through; the native transport tells it later.
        'infrarust.toml': `shutdown_timeout = "${shutdownTimeout}"\n[transport]\nkind = "node"\n`,
        'servers/a.toml': serverFile(backendPort),
      }),
    )
    const port = await running.port()
    await running.logged('server "a" added')
    const socket = await connected(port)
    socket.on('error', () => {})
    socket.write(loginBytes('a.example.com', 'Notch'))
    await once(socket, 'data')
    sockets[0]?.on('data', () => sockets[0]?.write('echo'))
    sockets[0]?.on('end', () => sockets[0]?.end())
    return { running, socket, port }
  }
})

describe('a provider of the configuration', { timeout: 60_000 }, () => {
  // It ended the proxy, and every session with it.
  it.each([
    ['a timer', 'setTimeout(() => { throw new Error("too\\nlate") }, 20)'],
    ['a promise of its own', 'Promise.reject(new Error("too\\nlate"))'],
  ])('that throws in %s is told in one line, and the proxy goes on', async (_, statement) => {
    const running = new Running(
      folderWith({
        'infrarust.toml': '[[provider]]\nuse = "./panel.mjs"\n',
        'panel.mjs': `export default () => ({ name: 'panel', start(emit) { emit({ servers: [] }); ${statement} } })\n`,
      }),
    )
    const { msg, level } = await running.logged('a provider has thrown where nobody catches it: too')
    expect([level, msg]).toEqual(['error', expect.stringMatching(/^[^\n]*panel\.mjs:1:\d+\)+; the proxy goes on$/)])
    ;(await ping(await running.port(), 'a.example.com')).socket.destroy()
  })
})

describe('a start that cannot be', { timeout: 60_000 }, () => {
  it('says in one line which port is taken', async () => {
    const { port } = await backend('')
    const { code, stdout } = await finish(['--bind', `127.0.0.1:${port}`], '', { cwd: folderWith({}) })
    const fatal = stdout.split('\n').filter((line) => line.includes('"level":"fatal"'))
    expect(fatal).toHaveLength(1)
    expect(fatal[0]).toContain(`cannot listen on 127.0.0.1:${port}: another program listens there already`)
    expect(code).toBe(1)
  })
  it('says in one line that a name has no address, and which listener it is', async () => {
    const files = { 'infrarust.toml': '[[listener]]\nname = "direct"\nbind = "nowhere.invalid:0"\n' }
    const { code, stdout, stderr } = await finish([], '', { cwd: folderWith(files) })
    expect(stdout).toContain('cannot listen on nowhere.invalid:0 (\\"direct\\"): no address is known for the name')
    expect(stderr).toBe('')
    expect(code).toBe(1)
  })
  it('says that infrarust.toml is a link to nothing, instead of taking the defaults', async () => {
    const cwd = folderWith({})
    symlinkSync('nowhere.toml', join(cwd, 'infrarust.toml'))
    const { code, stderr } = await finish([], '', { cwd })
    expect(stderr).toBe('infrarust: infrarust.toml: the file that it links to is missing\n')
    expect(code).toBe(1)
  })
  it('says a line for each mistake of the configuration, with its place', async () => {
    const cwd = folderWith({ 'infrarust.toml': 'bnd = "0.0.0.0:25565"\nmax_connections = -1\n' })
    const { code, stderr } = await finish([], '', { cwd })
    expect(stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^infrarust: infrarust\.toml:1:1: unknown key "bnd"; did you mean "bind"\?$/),
      expect.stringMatching(/^infrarust: infrarust\.toml:2:\d+: max_connections is -1;/),
    ])
    expect(code).toBe(1)
  })
  it('says that the file of --config is missing', async () => {
    const { code, stderr } = await finish(['--config', 'nowhere.toml'], '', { cwd: folderWith({}) })
    expect(stderr).toBe('infrarust: nowhere.toml: no such file\n')
    expect(code).toBe(1)
  })
  it('says that there is no such command', async () => {
    const { code, stderr } = await finish(['chek'], '', { cwd: folderWith({}) })
    expect(stderr).toContain("unknown command 'chek'")
    expect(code).toBe(1)
  })
})

describe('a change of infrarust.toml', { timeout: 60_000 }, () => {
  it('is in force for the next connection', async () => {
    const folder = folderWith({ 'infrarust.toml': 'receive_proxy_protocol = true', 'servers/a.toml': serverFile(1) })
    const running = new Running(folder)
    const port = await running.port()
    writeFileSync(join(folder, 'infrarust.toml'), 'receive_proxy_protocol = false')
    await running.logged('configuration changed: receive_proxy_protocol')
    expect(await kickText(port, 'b.example.com', 'Notch')).toContain('b.example.com')
  })
  // The way from error to debug was not seen: its line was written before the level that shows it was in force.
  it('of the level of the log is told both ways', async () => {
    const folder = folderWith({ 'infrarust.toml': '[log]\nlevel = "info"' })
    const running = new Running(folder)
    await running.port()
    writeFileSync(join(folder, 'infrarust.toml'), '[log]\nlevel = "error"')
    await running.logged('log.level: "info" → "error"')
    writeFileSync(join(folder, 'infrarust.toml'), '[log]\nlevel = "debug"')
    await running.logged('log.level: "error" → "debug"')
  })
  it('with a mistake in it changes nothing and is told', async () => {
    const folder = folderWith({ 'infrarust.toml': '', 'servers/a.toml': serverFile(1) })
    const running = new Running(folder)
    const port = await running.port()
    writeFileSync(join(folder, 'infrarust.toml'), 'receive_proxy_protocl = true')
    await running.logged('did you mean "receive_proxy_protocol"?')
    expect(await kickText(port, 'b.example.com', 'Notch')).toContain('b.example.com')
    expect(existsSync(join(folder, 'infrarust.toml'))).toBe(true)
  })
})
