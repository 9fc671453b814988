import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { folderWith } from '@infrarust/test-kit'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { askProxy } from '../src/control/control-client.ts'
import { ControlServer } from '../src/control/control-server.ts'
import type { Verb } from '../src/control/verb.ts'
import { finish, start } from './program.ts'
import { Running } from './running.ts'

async function listen(verbs: readonly Verb[]): Promise<string> {
  const path = join(folderWith({}), 'control.sock')
  const server = await ControlServer.listen(path, verbs)
  onTestFinished(() => server.close())
  return path
}

const echo: Verb = {
  name: 'echo',
  async *run({ input }) {
    yield* input
  },
}

const endless: Verb = {
  name: 'endless',
  async *run() {
    for (;;) yield 'x'.repeat(10_000)
  },
}

/** Goes on until its client has gone. */
const follow: Verb = {
  name: 'follow',
  async *run({ signal }) {
    yield 'begun'
    if (!signal.aborted) await once(signal, 'abort')
  },
}

function requestFor(verb: string): string {
  return `${JSON.stringify({ kind: 'request', version: 1, verb, options: {} })}\n`
}

async function raw(path: string): Promise<Socket> {
  const socket = connect(path)
  // A reset is how many of them end.
  socket.on('error', () => {})
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  return socket
}

/** Waits until the other side has hung up; it may have done so long ago. */
async function closed(socket: Socket): Promise<void> {
  if (!socket.closed) await once(socket.resume(), 'close')
}

/** Waits until commands reach the proxy. */
async function listens(running: Running, path: string): Promise<void> {
  await running.port()
  await vi.waitFor(async () => (await raw(path)).destroy(), { timeout: 20_000 })
}

async function all(items: AsyncIterable<unknown>): Promise<unknown[]> {
  const found: unknown[] = []
  for await (const item of items) found.push(item)
  return found
}

function ask(path: string, verb: string, input: readonly unknown[] = []) {
  return askProxy(path, { verb, options: {}, input })
}

describe('the control socket', { timeout: 60_000 }, () => {
  it('gives each item to the client before the next one is made', async () => {
    const { promise: goOn, resolve } = Promise.withResolvers<void>()
    const twoSteps: Verb = {
      name: 'steps',
      async *run() {
        yield 1
        await goOn
        yield 2
      },
    }
    const seen: unknown[] = []
    for await (const item of await ask(await listen([twoSteps]), 'steps')) {
      seen.push(item)
      resolve()
    }
    expect(seen).toEqual([1, 2])
  })
  it('takes any amount of input and gives any amount of answer', async () => {
    const input = Array.from({ length: 20_000 }, (_, index) => ({ index, text: 'ü'.repeat(50) }))
    expect(await all(await ask(await listen([echo]), 'echo', input))).toEqual(input)
  })
  // A ban with a long history, and a reload that changed a long list, were "a line has more than 65536 bytes".
  it('gives an item of any size that an answer may have', async () => {
    const long: Verb = {
      name: 'long',
      async *run() {
        yield 'ü'.repeat(1_000_000)
      },
    }
    expect(await all(await ask(await listen([long]), 'long'))).toEqual(['ü'.repeat(1_000_000)])
  })
  it('tells a verb that its client has gone', async () => {
    const { promise: aborted, resolve } = Promise.withResolvers<void>()
    const follow: Verb = {
      name: 'follow',
      async *run({ input, signal }) {
        await all(input)
        yield 'begun'
        if (!signal.aborted) await once(signal, 'abort')
        resolve()
      },
    }
    for await (const item of await ask(await listen([follow]), 'follow')) {
      expect(item).toBe('begun')
      break
    }
    await aborted
  })
  it('answers others while one client says nothing, one stops in a line, and one does not read', async () => {
    const path = await listen([echo, endless])
    await raw(path)
    ;(await raw(path)).write('{"kind":"requ')
    ;(await raw(path)).write('{"kind":"request","version":1,"verb":"endless","options":{}}\n')
    expect(await all(await ask(path, 'echo', ['here']))).toEqual(['here'])
  })
  // 64 connections that said nothing, and `infrarust status` was refused for as long as they were there.
  it.each([
    ['say nothing', '', ''],
    ['stop in their request', '{"kind":"requ', ''],
    ['stop in their input', requestFor('echo'), ''],
    ['do not read', requestFor('endless'), ''],
    ['are answered for hours', requestFor('follow'), 'made room'],
  ])('serves the newcomer where hundreds %s, and the oldest of them goes', async (_, bytes, message) => {
    const path = await listen([echo, endless, follow])
    const oldest = await raw(path)
    const told: Buffer[] = []
    if (message !== '') oldest.on('data', (data) => told.push(data))
    oldest.write(bytes)
    for (let index = 0; index < 63; index++) (await raw(path)).write(bytes)
    // All of them are known there by then: they are taken in this order.
    expect(await all(await ask(path, 'echo', ['here']))).toEqual(['here'])
    for (let index = 0; index < 200; index++) (await raw(path)).write(bytes)
    expect(await all(await ask(path, 'echo', ['here']))).toEqual(['here'])
    await closed(oldest)
    expect(Buffer.concat(told).toString()).toContain(message)
  })
  it('keeps those who are answered where others come and say nothing', async () => {
    const path = await listen([follow])
    const following = await raw(path)
    following.write(requestFor('follow'))
    expect(String(await once(following, 'data'))).toContain('begun')
    const silent = await Promise.all(Array.from({ length: 200 }, () => raw(path)))
    await Promise.all(silent.slice(0, 136).map(closed))
    expect(String(await once(following, 'data'))).toContain('alive')
  })
  it.each([
    ['says nothing', ''],
    ['stops in its request', '{"kind":"requ'],
  ])('does not wait long for a client that %s', async (_, bytes) => {
    const socket = await raw(await listen([echo]))
    socket.write(bytes)
    await closed(socket)
  })
  it.each([
    ['no JSON', 'hello\n', 'a line is no JSON'],
    ['another object', '{"kind":"hello"}\n', 'the first line is no request'],
    ['another version', '{"kind":"request","version":9,"verb":"echo","options":{}}\n', 'speaks version 1'],
    ['an unknown verb', '{"kind":"request","version":1,"verb":"nop","options":{}}\n', 'knows no nop'],
    ['a line without end', 'x'.repeat(70_000), 'more than 65536 bytes'],
  ])('refuses %s with an error, and goes on', async (_, bytes, message) => {
    const path = await listen([echo])
    const socket = await raw(path)
    socket.write(bytes)
    const answer: Buffer[] = []
    socket.on('data', (data) => answer.push(data))
    await once(socket, 'close')
    expect(Buffer.concat(answer).toString()).toContain(message)
    expect(await all(await ask(path, 'echo', [1]))).toEqual([1])
  })
  it('passes on why a verb failed', async () => {
    const failing: Verb = {
      name: 'fail',
      async *run() {
        yield 1
        throw new Error('no room on the disk')
      },
    }
    const items = await ask(await listen([failing]), 'fail')
    await expect(all(items)).rejects.toMatchObject({ code: 'refused', message: 'no room on the disk' })
  })
  it('says which is missing: nobody, or somebody who went away', async () => {
    await expect(ask(join(folderWith({}), 'control.sock'), 'echo')).rejects.toMatchObject({ code: 'absent' })
    const path = join(folderWith({}), 'control.sock')
    const server = createServer((socket) => void socket.end('{"kind":"item","value":1}\n')).listen(path)
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    await expect(ask(path, 'echo').then(all)).rejects.toMatchObject({ code: 'lost' })
  })
  // In the moment in which a killed process is taken apart: `ban add` gave up instead of going on alone.
  it('calls a process that was killed before it took the connection one that went away', async () => {
    const path = join(folderWith({}), 'control.sock')
    const end = await listenElsewhere(path)
    const asked = ask(path, 'echo')
    end()
    await expect(asked).rejects.toMatchObject({ code: 'lost' })
    await expect(ask(path, 'echo')).rejects.toMatchObject({ code: 'absent' })
  })
  it('is taken over from a process that is killed at this moment', async () => {
    const path = join(folderWith({}), 'control.sock')
    const end = await listenElsewhere(path)
    const listening = ControlServer.listen(path, [echo])
    end()
    const server = await listening
    onTestFinished(() => server.close())
    expect(await all(await ask(path, 'echo', [1]))).toEqual([1])
  })
})

/** A process that listens there and takes no connection; what comes back kills it, and returns when it is gone. */
async function listenElsewhere(path: string): Promise<() => void> {
  const program = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => console.log('listening'))`
  const listener = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void listener.kill('SIGKILL'))
  await once(listener.stdout, 'data')
  listener.kill('SIGSTOP')
  return () => {
    listener.kill('SIGKILL')
    // Without a turn of the event loop, which would tell of the connection before it is reset.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500)
  }
}

describe('the control socket of a proxy', { timeout: 120_000 }, () => {
  it('is for its owner only, replaced after a kill, and gone after a stop', async () => {
    const folder = folderWith({ 'infrarust.toml': '' })
    const path = join(folder, 'infrarust.sock')
    const first = new Running(folder)
    await listens(first, path)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    first.program.kill('SIGKILL')
    await first.exit
    expect(existsSync(path)).toBe(true)
    const second = new Running(folder)
    await listens(second, path)
    second.program.kill('SIGTERM')
    expect(await second.exit).toBe(0)
    expect(existsSync(path)).toBe(false)
  })
  it('stays with the process that has it', async () => {
    const folder = folderWith({ 'infrarust.toml': '' })
    const first = new Running(folder)
    await listens(first, join(folder, 'infrarust.sock'))
    const second = new Running(folder)
    await second.logged('socket in [control]: another process listens on')
    second.program.kill('SIGTERM')
    await second.exit
    await listens(first, join(folder, 'infrarust.sock'))
  })
  it.each([
    ['is too long', `${'x'.repeat(120)}.sock`, 'has more than 107 bytes', 1],
    ['cannot be made', '/proc/nowhere/infrarust.sock', '/proc/nowhere', 0],
  ])('that %s is one error, and players are served', async (_, socket, message, code) => {
    const folder = folderWith({ 'infrarust.toml': `[control]\nsocket = "${socket}"\n` })
    const running = new Running(folder)
    await running.logged(message)
    await running.port()
    expect(running.lines.filter(({ level }) => Number(level) >= 50)).toHaveLength(1)
    // Whether a process runs can be told only where nothing is at the socket's place.
    expect((await finish(['ban', 'list'], '', { cwd: folder })).code).toBe(code)
  })
  it('never takes the place of a file that is no socket', async () => {
    const folder = folderWith({ 'infrarust.toml': '[control]\nsocket = "notes.txt"\n', 'notes.txt': 'mine' })
    await new Running(folder).logged('notes.txt is there and is no socket')
    expect(readFileSync(join(folder, 'notes.txt'), 'utf8')).toBe('mine')
  })
  it('is in data_dir, as systemd gives it or as the configuration says', async () => {
    const folder = folderWith({ 'infrarust.toml': 'data_dir = "state"\n' })
    await listens(new Running(folder), join(folder, 'state', 'infrarust.sock'))
    expect((await finish(['ban', 'add', 'Steve'], '', { cwd: folder })).code).toBe(0)
    expect(existsSync(join(folder, 'state', 'bans.db'))).toBe(true)
    writeFileSync(join(folder, 'empty.toml'), '')
    const program = start(['ban', 'add', 'Alex', '--config', 'empty.toml'], {
      cwd: folder,
      env: { STATE_DIRECTORY: join(folder, 'a:b') },
    })
    await once(program, 'close')
    expect(existsSync(join(folder, 'a', 'bans.db'))).toBe(true)
  })
})

describe('a command whose proxy does not answer', { timeout: 120_000 }, () => {
  it('does not hang, and says so', async () => {
    const folder = folderWith({ 'infrarust.toml': '' })
    const running = new Running(folder)
    await listens(running, join(folder, 'infrarust.sock'))
    running.program.kill('SIGSTOP')
    const { code, stdout, stderr } = await finish(['ban', 'add', 'Steve'], '', { cwd: folder })
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('does not answer'),
    })
  })
  it('exits with 1 where it cannot tell whether one runs', async () => {
    const folder = folderWith({ 'infrarust.toml': '[control]\nsocket = "file/infrarust.sock"\n', file: '' })
    const { code, stdout, stderr } = await finish(['ban', 'add', 'Steve'], '', { cwd: folder })
    expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: '', stderr: expect.stringContaining('ENOTDIR') })
    expect(existsSync(join(folder, 'bans.db'))).toBe(false)
  })
})
