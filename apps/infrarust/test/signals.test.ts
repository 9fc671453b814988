import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { folderWith, loginBytes } from '@infrarust/test-kit'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { connected, ping } from './client.ts'
import { fakeClone } from './fake-clone.ts'
import { BIN, start } from './program.ts'
import { Running } from './running.ts'

const eventually = { timeout: 30_000, interval: 20 }

/** What Node says when its debugger opens, on a port that is free. */
const DEBUGGER = 'Debugger listening on'
const ANY_DEBUG_PORT = '--inspect-port=0'

/** Makes the process that is started first, and no other one, take itself for an older Node. */
const AS_OLDER_NODE = `--import=data:text/javascript,${encodeURIComponent(
  "Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.20.2'}})",
)}`

/** Everything that a process writes, and what its end was. */
function watch(program: ChildProcess): { readonly text: () => string; readonly end: Promise<unknown[]> } {
  let text = ''
  for (const stream of [program.stdout, program.stderr]) stream?.on('data', (data) => (text += data))
  onTestFinished(() => void program.kill('SIGKILL'))
  return { text: () => text, end: once(program, 'close') }
}

interface Entry {
  readonly file: string
  readonly env?: NodeJS.ProcessEnv
}

const ENTRIES: readonly (readonly [string, readonly string[], () => Entry])[] = [
  ['the program', [], () => ({ file: BIN })],
  ['the program, started by an older Node', [AS_OLDER_NODE], () => ({ file: BIN })],
  ['pnpm start', [], pnpmStart],
]

/** In a clone in which there is nothing to install and to build. */
function pnpmStart(): Entry {
  const { folder, env } = fakeClone('real')
  return { file: join(folder, 'apps/infrarust/start.mjs'), env }
}

describe.each(ENTRIES)('%s', { timeout: 120_000 }, (_, nodeOptions, entry) => {
  function run(args: readonly string[], cwd: string, more: readonly string[] = []) {
    const { file, env } = entry()
    return spawn(process.execPath, [...nodeOptions, ...more, file, ...args], {
      cwd,
      env: { ...process.env, NODE_OPTIONS: ANY_DEBUG_PORT, INIT_CWD: cwd, ...env },
    })
  }

  // Node's debugger lets every process of the machine run code in the proxy: logrotate's signal opened it.
  it('opens its log file again on SIGUSR1, and never the debugger', async () => {
    const folder = folderWith({ 'infrarust.toml': '[log]\nfile = "logs/access.log"\n' })
    const program = run(['--bind', '127.0.0.1:0'], folder)
    const { text, end } = watch(program)
    const current = join(folder, 'logs/access.1.log')
    await vi.waitFor(() => expect(readFileSync(current, 'utf8')).toContain('listening on'), eventually)
    renameSync(current, `${current}.old`)
    program.kill('SIGUSR1')
    await vi.waitFor(() => expect(text()).toContain('SIGUSR1: the log file'), eventually)
    await vi.waitFor(() => expect(existsSync(current)).toBe(true), eventually)
    program.kill('SIGTERM')
    expect(await end).toEqual([0, null])
    expect(readFileSync(current, 'utf8')).toContain('"stopped"')
    expect(text()).not.toContain(DEBUGGER)
  })
  it('reads its configuration again on SIGHUP, and stops on SIGQUIT', async () => {
    const folder = folderWith({ 'infrarust.toml': '' })
    const program = run(['--bind', '127.0.0.1:0'], folder)
    const { text, end } = watch(program)
    await vi.waitFor(() => expect(text()).toContain('listening on'), eventually)
    program.kill('SIGHUP')
    await vi.waitFor(() => expect(text()).toContain('SIGHUP: read again: nothing changed'), eventually)
    program.kill('SIGQUIT')
    expect(await end).toEqual([0, null])
    expect(text()).toContain('SIGQUIT: no new connections')
    expect(text()).not.toContain(DEBUGGER)
  })
  it('listens for SIGUSR1 before it loads anything', async () => {
    // The file itself is resolved before.
    const resolvedBefore = `
      import { registerHooks } from 'node:module'
      const resolved = []
      const { on } = process
      registerHooks({ resolve: (name, context, next) => (resolved.push(name), next(name, context)) })
      process.on = (event, ...rest) => {
        if (event === 'SIGUSR1') process.stderr.write('after ' + resolved.length + ' ')
        return on.call(process, event, ...rest)
      }`
    const hook = `--import=data:text/javascript,${encodeURIComponent(resolvedBefore)}`
    const { text, end } = watch(run(['--version'], folderWith({}), [hook]))
    await end
    expect(text()).toMatch(/^after 1 /)
  })
})

describe('a process that does not listen for SIGUSR1', () => {
  it('opens the debugger, and this is seen here', async () => {
    const program = spawn(process.execPath, [ANY_DEBUG_PORT, '-e', 'setInterval(() => {}, 1000); console.log("up")'])
    const { text } = watch(program)
    await vi.waitFor(() => expect(text()).toContain('up'), eventually)
    program.kill('SIGUSR1')
    await vi.waitFor(() => expect(text()).toContain(DEBUGGER), eventually)
  })
})

describe('a command', { timeout: 60_000 }, () => {
  it.each([
    ['trace', '127.0.0.1'],
    ['connections', '--watch'],
  ])('goes on after SIGUSR1, without a debugger: %s', async (...args) => {
    const folder = folderWith({ 'infrarust.toml': '' })
    const running = new Running(folder)
    await vi.waitFor(() => expect(existsSync(join(folder, 'infrarust.sock'))).toBe(true), eventually)
    const program = start(args, { cwd: folder, env: { NODE_OPTIONS: ANY_DEBUG_PORT } })
    const { text, end } = watch(program)
    await vi.waitFor(() => expect(text()).not.toBe(''), eventually)
    program.kill('SIGUSR1')
    const before = text().length
    if (args[0] === 'trace') (await ping(await running.port(), 'a.example.com')).socket.destroy()
    await vi.waitFor(() => expect(text().length).toBeGreaterThan(before), eventually)
    program.kill('SIGINT')
    expect(await end).toEqual([0, null])
    expect(text()).not.toContain(DEBUGGER)
  })
})

describe('SIGHUP', { timeout: 60_000 }, () => {
  it('takes over what was saved, in one line each, and leaves sessions alone', async () => {
    const { running, folder, socket } = await withSession()
    writeFileSync(join(folder, 'servers/b.toml'), 'domains = ["b.example.com"]\naddresses = ["127.0.0.1:1"]\n')
    writeFileSync(join(folder, 'servers/c.toml'), 'domans = ["c.example.com"]\n')
    running.program.kill('SIGHUP')
    const { msg, level } = await running.line(({ event, problems }) => event === 'reload' && Number(problems) > 0)
    expect([msg, level]).toEqual([expect.stringContaining('servers/c.toml:1:1: unknown key "domans"'), 'warn'])
    await running.logged('server "b" added')
    socket.write('still here')
    expect(String(await once(socket, 'data'))).toBe('still here')
  })
  it('does it once more, and not a hundred times, where it comes a hundred times', async () => {
    const { running } = await withSession()
    for (let time = 0; time < 100; time++) running.program.kill('SIGHUP')
    await running.line(({ event }) => event === 'reload')
    running.program.kill('SIGTERM')
    await running.logged('SIGTERM: no new connections')
    expect(running.lines.filter(({ event }) => event === 'reload').length).toBeLessThan(100)
  })
  it('neither keeps a proxy from stopping nor hurries it', async () => {
    const { running, socket } = await withSession()
    running.program.kill('SIGTERM')
    await running.logged('SIGTERM: no new connections')
    running.program.kill('SIGHUP')
    socket.write('still here')
    expect(String(await once(socket, 'data'))).toBe('still here')
    socket.end()
    expect(await running.exit).toBe(0)
    expect(await running.access()).toMatchObject({ reason: 'client_closed' })
  })
})

// Within the first second, in which the program is loaded, it ended the proxy without a word.
describe('SIGHUP while the program is loaded', { timeout: 60_000 }, () => {
  /** Sends it as soon as the first line of the program has listened for signals. */
  const hangUp = `--import=data:text/javascript,${encodeURIComponent(`
    const { on } = process
    process.on = (event, ...rest) => {
      on.call(process, event, ...rest)
      if (event === 'SIGHUP') {
        process.on = on
        process.kill(process.pid, 'SIGHUP')
      }
      return process
    }`)}`

  it.each([
    ['', []],
    [', started by an older Node,', [AS_OLDER_NODE]],
  ])('has the proxy%s read its configuration once more when it runs', async (_, nodeOptions) => {
    const options = { cwd: folderWith({ 'infrarust.toml': '' }), nodeOptions: [...nodeOptions, hangUp] }
    const program = start(['--bind', '127.0.0.1:0'], options)
    const { text, end } = watch(program)
    await vi.waitFor(() => expect(text()).toContain('listening on'), eventually)
    if (nodeOptions.length === 0) await vi.waitFor(() => expect(text()).toContain('SIGHUP: read again'), eventually)
    program.kill('SIGTERM')
    expect(await end).toEqual([0, null])
  })
  it('ends a command that reads its input', async () => {
    const program = start(['proxy-protocol', 'decode'], { nodeOptions: [hangUp] })
    expect(await watch(program).end).toEqual([null, 'SIGHUP'])
  })
})

describe('signals that ask nothing of it', { timeout: 60_000 }, () => {
  it('leave the proxy as it is', async () => {
    const { running, socket } = await withSession()
    for (const signal of ['SIGPIPE', 'SIGWINCH', 'SIGCHLD', 'SIGCONT', 'SIGURG'] as const) running.program.kill(signal)
    socket.write('still here')
    expect(String(await once(socket, 'data'))).toBe('still here')
    const { length } = running.lines
    running.program.kill('SIGTERM')
    expect((await running.logged('SIGTERM: no new connections')) === running.lines[length]).toBe(true)
  })
})

// Whoever closes the window leaves: the proxy stayed on its port, or ended without a record of those who played.
describe('a terminal that is closed', { timeout: 120_000 }, () => {
  it.each([
    ['standard output', ''],
    ['standard input, and its output goes through a pipe,', ' | cat'],
    ['standard input, and its output goes to a file,', ' > out'],
  ])('under a proxy for which it is %s stops it in order', async (_, rest) => {
    const { folder, connect } = await withEcho()
    writeFileSync(join(folder, 'infrarust.toml'), `${TOML}[log]\nfile = "logs/access.log"\n`)
    const line = `'${process.execPath}' '${BIN}' --bind 127.0.0.1:0${rest}`
    const terminal = spawn('script', ['-qec', line, '/dev/null'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'ignore'],
    })
    onTestFinished(() => void terminal.kill('SIGKILL'))
    const written = (): string => readFileSync(join(folder, 'logs/access.1.log'), 'utf8')
    const port = await vi.waitFor(() => Number(/"port":(\d+)/.exec(written())?.[1] ?? expect.fail()), eventually)
    const socket = await connect(port)
    terminal.kill('SIGKILL')
    await vi.waitFor(() => expect(written()).toContain('SIGHUP: no new connections'), eventually)
    socket.write('still here')
    expect(String(await once(socket, 'data'))).toBe('still here')
    socket.end()
    await vi.waitFor(() => expect(written()).toContain('"stopped"'), eventually)
    expect(written()).toContain('"reason":"client_closed"')
    await expect(connected(port)).rejects.toThrow('ECONNREFUSED')
  })
})

/** Here a session is known to be one as soon as its first byte is through. */
const TOML = 'shutdown_timeout = "1m"\n[transport]\nkind = "node"\n'

/** A folder with a server that sends back what comes after the login, and a way to get there. */
async function withEcho() {
  const echo = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => {
      socket.write('hello')
      socket.pipe(socket)
    })
  })
  onTestFinished(() => void echo.close())
  echo.listen(0, '127.0.0.1')
  await once(echo, 'listening')
  const { port: echoPort } = echo.address() as AddressInfo
  const server = `domains = ["a.example.com"]\naddresses = ["127.0.0.1:${echoPort}"]\n`
  const folder = folderWith({ 'infrarust.toml': TOML, 'servers/a.toml': server })
  const connect = async (port: number) => {
    const socket = await connected(port)
    socket.on('error', () => {})
    socket.write(loginBytes('a.example.com', 'Notch'))
    expect(String(await once(socket, 'data'))).toBe('hello')
    return socket
  }
  return { folder, connect }
}

async function withSession() {
  const { folder, connect } = await withEcho()
  const running = new Running(folder)
  await running.logged('server "a" added')
  return { running, folder, socket: await connect(await running.port()) }
}
