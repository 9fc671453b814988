import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { Agent, type IncomingMessage, request } from 'node:http'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { folderWith } from '@infrarust/test-kit'
import * as v from 'valibot'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { apiOf } from '../src/control/api.ts'
import { ControlClient } from '../src/control/client.ts'
import { ControlServer } from '../src/control/control-server.ts'
import { dataVerb, streamVerb } from '../src/verbs/verb.ts'
import { VerbError } from '../src/verbs/verb-error.ts'
import { finish, start } from './program.ts'
import { Running } from './running.ts'

const FIELDS = v.strictObject({})
const base = { method: 'GET', summary: '', request: FIELDS } as const

const echo = dataVerb({
  ...base,
  name: 'echo',
  method: 'POST',
  path: '/echo/:name',
  request: v.strictObject({ name: v.string(), text: v.optional(v.string()), count: v.optional(v.number()) }),
  result: v.object({ name: v.string(), text: v.exactOptional(v.string()) }),
  run: (_: unknown, { name, text }) => ({ name, ...(text !== undefined && { text }) }),
})

const lines = dataVerb({
  ...base,
  name: 'lines',
  method: 'POST',
  path: '/lines',
  takesLines: true,
  result: v.array(v.unknown()),
  async run(_: unknown, __, call) {
    const values: unknown[] = []
    for await (const value of call.lines) values.push(value)
    return values
  },
})

const failing = dataVerb({
  ...base,
  name: 'fail',
  path: '/fail',
  result: v.null(),
  run(): never {
    throw new Error('no room on the disk')
  },
})

const endless = streamVerb({
  ...base,
  name: 'endless',
  path: '/endless',
  result: v.string(),
  async *run() {
    for (;;) yield 'x'.repeat(10_000)
  },
})

/** Goes on until its client has gone. */
const follow = streamVerb({
  ...base,
  name: 'follow',
  path: '/follow',
  result: v.string(),
  async *run(_: unknown, __, { signal }) {
    yield 'begun'
    if (!signal.aborted) await once(signal, 'abort')
  },
})

const VERBS = [echo, lines, failing, endless, follow]

async function server(verbs: Parameters<typeof apiOf<unknown>>[0] = VERBS) {
  const path = join(folderWith({}), 'control.sock')
  const control = await ControlServer.listen(path, async () => apiOf(verbs, undefined))
  onTestFinished(() => control.close())
  return { path, control }
}

async function listen(verbs: Parameters<typeof apiOf<unknown>>[0] = VERBS): Promise<string> {
  return (await server(verbs)).path
}

function client(path: string): ControlClient {
  const asking = new ControlClient(path)
  onTestFinished(() => asking.close())
  return asking
}

function ask(path: string, name = 'here') {
  return client(path).ask(echo, { name })
}

function head(method: string, path: string, ...headers: readonly string[]): string {
  return [`${method} /api/v1${path} HTTP/1.1`, 'Host: infrarust', ...headers, '', ''].join('\r\n')
}

const REQUEST = head('POST', '/echo/raw', 'Content-Length: 0')

async function raw(path: string): Promise<Socket> {
  const socket = connect(path)
  // A reset is how many of them end.
  socket.on('error', () => {})
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  return socket
}

/** Collects what is said to a socket. */
function heard(socket: Socket): () => string {
  const told: Buffer[] = []
  socket.on('data', (data) => told.push(data))
  return () => Buffer.concat(told).toString()
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

/** A request as any HTTP client sends it, and the whole answer. */
async function http(
  socketPath: string,
  method: string,
  path: string,
  body?: string | Uint8Array,
  agent?: Agent,
): Promise<{ readonly status: number | undefined; readonly json: unknown }> {
  const sent = request({ socketPath, method, path: `/api/v1${path}`, agent })
  sent.on('error', () => {})
  sent.end(body)
  const [response]: IncomingMessage[] = await once(sent, 'response')
  let text = ''
  for await (const piece of response ?? []) text += piece
  return { status: response?.statusCode, json: JSON.parse(text) }
}

describe('the control socket', { timeout: 60_000 }, () => {
  it('gives each event to the client before the next one is made', async () => {
    const { promise: goOn, resolve } = Promise.withResolvers<void>()
    const steps = streamVerb({
      ...base,
      name: 'steps',
      path: '/steps',
      result: v.number(),
      async *run() {
        yield 1
        await goOn
        yield 2
      },
    })
    const seen: number[] = []
    for await (const event of client(await listen([steps])).follow(steps, {})) {
      seen.push(event)
      resolve()
    }
    expect(seen).toEqual([1, 2])
  })
  it('takes any amount of lines and gives any amount of answer', async () => {
    const input = Array.from({ length: 20_000 }, (_, index) => ({ index, text: 'ü'.repeat(50) }))
    expect(await client(await listen()).ask(lines, {}, input)).toEqual(input)
  })
  it('tells a verb that its client has gone', async () => {
    const { promise: aborted, resolve } = Promise.withResolvers<void>()
    const watched = streamVerb({
      ...base,
      name: 'watched',
      path: '/watched',
      result: v.string(),
      async *run(_: unknown, __, { signal }) {
        yield 'begun'
        if (!signal.aborted) await once(signal, 'abort')
        resolve()
      },
    })
    for await (const event of client(await listen([watched])).follow(watched, {})) {
      expect(event).toBe('begun')
      break
    }
    await aborted
  })
  it('answers others while one client says nothing, one stops in a line, and one does not read', async () => {
    const path = await listen()
    await raw(path)
    ;(await raw(path)).write('POST /api')
    ;(await raw(path)).write(head('GET', '/endless'))
    expect(await ask(path)).toEqual({ name: 'here' })
  })
  // 64 connections that said nothing, and `infrarust status` was refused for as long as they were there.
  it.each([
    ['say nothing', '', ''],
    ['stop in their request', 'POST /api', ''],
    ['stop in their body', head('POST', '/lines', 'Content-Length: 9'), ''],
    ['have had their answer and stay', REQUEST, ''],
    ['do not read', head('GET', '/endless'), ''],
    ['are answered for hours', head('GET', '/follow'), 'made room'],
  ])('serves the newcomer where hundreds %s, and the oldest of them goes', async (_, bytes, message) => {
    const path = await listen()
    const oldest = await raw(path)
    const told = message === '' ? () => '' : heard(oldest)
    oldest.write(bytes)
    for (let index = 0; index < 63; index++) (await raw(path)).write(bytes)
    // All of them are known there by then: they are taken in this order.
    expect(await ask(path)).toEqual({ name: 'here' })
    for (let index = 0; index < 200; index++) (await raw(path)).write(bytes)
    expect(await ask(path)).toEqual({ name: 'here' })
    await closed(oldest)
    expect(told()).toContain(message)
  })
  it('keeps those who are answered where others come and say nothing', async () => {
    const path = await listen()
    const following = await raw(path)
    const told = heard(following)
    following.write(head('GET', '/follow'))
    await vi.waitFor(() => expect(told()).toContain('begun'), { timeout: 10_000 })
    const silent = await Promise.all(Array.from({ length: 200 }, () => raw(path)))
    await Promise.all(silent.slice(0, 136).map(closed))
    await vi.waitFor(() => expect(told()).toContain('\n:\n\n'), { timeout: 20_000 })
    expect(following.destroyed).toBe(false)
  })
  it.each([
    ['says nothing', ''],
    ['stops in its request', 'POST /api'],
    ['stays after its answer', REQUEST],
    ['goes on with the next request, and stops in it', `${REQUEST}POST /api`],
  ])('does not wait long for a client that %s', async (_, bytes) => {
    const socket = await raw(await listen())
    socket.write(bytes)
    await closed(socket)
  })
  it('shows that it is at work while an answer takes its time', async () => {
    const { promise: goOn, resolve } = Promise.withResolvers<null>()
    const slow = dataVerb({ ...base, name: 'slow', path: '/slow', result: v.null(), run: () => goOn })
    const sent = request({ socketPath: await listen([slow]), path: '/api/v1/slow' }).end()
    const [information] = await once(sent, 'information')
    expect(information.statusCode).toBe(102)
    resolve(null)
    const [response] = await once(sent, 'response')
    expect(response.resume().statusCode).toBe(200)
  })
  it('answers pipelined requests in their order, one after the other, also byte by byte', async () => {
    const path = await listen()
    const socket = await raw(path)
    const told = heard(socket)
    const bytes = ['a', 'b', 'c'].map((name) => head('POST', `/echo/${name}`, 'Content-Length: 0')).join('')
    socket.write(bytes)
    await vi.waitFor(() =>
      expect(
        told()
          .match(/"name":"\w"/g)
          ?.join(),
      ).toBe('"name":"a","name":"b","name":"c"'),
    )
    const slow = await raw(path)
    const slowly = heard(slow)
    for (const byte of bytes) await new Promise((resolve) => slow.write(byte, resolve))
    await vi.waitFor(() =>
      expect(
        slowly()
          .match(/"name":"\w"/g)
          ?.join(),
      ).toBe('"name":"a","name":"b","name":"c"'),
    )
  })
  it('answers one request after the other on a connection that is kept', async () => {
    const path = await listen()
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    onTestFinished(() => agent.destroy())
    for (const name of ['a', 'b', 'c'])
      expect(await http(path, 'POST', `/echo/${name}`, undefined, agent)).toEqual({
        status: 200,
        json: { data: { name } },
      })
  })
  it.each([
    ['no HTTP', 'hello\r\n\r\n', '400'],
    ['no host', 'GET /api/v1/fail HTTP/1.1\r\n\r\n', '400'],
    ['a head without end', `GET / HTTP/1.1\r\nx: ${'x'.repeat(70_000)}`, '413'],
    ['hundreds of requests at once', REQUEST.repeat(500), ''],
    ['a request that is cut', REQUEST.slice(0, 40), ''],
    ['a body that is cut', `${head('POST', '/lines', 'Content-Length: 9')}{`, ''],
    ['two lengths', head('POST', '/lines', 'Content-Length: 9', 'Content-Length: 3'), '400'],
  ])('ends the connection over %s, and goes on', async (_, bytes, status) => {
    const path = await listen()
    const socket = await raw(path)
    const told = heard(socket)
    socket.write(bytes)
    if (status === '') setTimeout(() => socket.end(), 100)
    await closed(socket)
    if (status !== '') expect(told()).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(await ask(path)).toEqual({ name: 'here' })
  })
  it.each([
    ['POST', '/echo/a', '{"text":5}', 400, 'text: expected string, not 5'],
    ['POST', '/echo/a', '{"colour":"red"}', 400, 'colour is no field'],
    ['POST', '/echo/a', '{"__proto__":{"text":"x"}}', 400, '__proto__'],
    ['POST', '/echo/a', '{"name":"b"}', 400, 'name is given twice'],
    ['POST', '/echo/a?text=b', '', 400, 'text belongs into the body'],
    ['POST', '/echo/a', '[1]', 400, 'no JSON object'],
    ['POST', '/echo/a', '{"text":', 400, 'the body is no JSON'],
    ['POST', '/echo/a', Buffer.from([0xff]), 400, 'the body is no JSON'],
    ['POST', '/echo/%zz', '', 400, 'a % that begins no encoded'],
    ['POST', '/echo/%ff', '', 400, 'a % that begins no encoded'],
    ['POST', '/lines', '1\n{\n', 400, 'line 2 is no JSON'],
    ['POST', '/lines?x=1&x=2', '', 400, 'x is given twice'],
    ['GET', '/echo/a', '', 405, 'POST'],
    ['TRACE', '/fail', '', 405, 'TRACE'],
    ['GET', '/nothing', '', 404, 'nothing on this path'],
    ['GET', '/x/../fail', '', 404, 'nothing on this path'],
    ['GET', '/%66ail', '', 404, 'nothing on this path'],
    ['GET', '/fail/', '', 404, 'nothing on this path'],
    ['GET', '//fail', '', 404, 'nothing on this path'],
    ['GET', '/fail', '', 500, 'no room on the disk'],
  ])('refuses %s %s %s with %i', async (method, path, body, status, message) => {
    expect(await http(await listen(), method, path, body)).toEqual({
      status,
      json: { error: { code: expect.any(String), message: expect.stringContaining(message) } },
    })
  })
  it.each(['198.51.100.0/24', '..', '.', '%2F', 'a b', '.Bed Rock', "o'Neill", 'ИВАН', 'a/../b', '?#&', '+'])(
    'takes %j for a part of a path, as the client writes it',
    async (name) => {
      expect(await client(await listen()).ask(echo, { name, text: name })).toEqual({ name, text: name })
    },
  )
  it.each([
    ['announced', '/echo/a', [`Content-Length: ${2 ** 40}`], 1],
    ['in pieces', '/echo/a', ['Transfer-Encoding: chunked'], 1],
    ['of lines', '/lines', ['Transfer-Encoding: chunked'], 64],
  ])('refuses a body that is too large as soon as it is: %s', async (_, path, headers, maxMiB) => {
    const socket = await raw(await listen())
    const told = heard(socket)
    socket.write(head('POST', path, ...headers))
    const text = `${'[]'.padEnd(65_535)}\n`
    const piece = headers[0]?.startsWith('Transfer') ? `10000\r\n${text}\r\n` : text
    let sent = 0
    // It is still listened to for a moment, so that it hears its answer; whoever goes on for ever is cut off.
    while (!socket.destroyed && socket.writable && sent < 100_000) {
      sent++
      if (!socket.write(piece)) await Promise.race([once(socket, 'drain'), once(socket, 'close')]).catch(() => {})
      if (told().includes('413')) break
      await new Promise(setImmediate)
    }
    await vi.waitFor(() => expect(told()).toMatch(/^(HTTP\/1.1 102 Processing\r\n\r\n)*HTTP\/1.1 413 /))
    // What was sent meanwhile is in the buffers of the system and of both ends.
    expect(sent).toBeLessThan((maxMiB + 8) * 16)
  })
  it('passes on why a verb failed', async () => {
    await expect(client(await listen()).ask(failing, {})).rejects.toEqual(
      new VerbError('internal', 'no room on the disk'),
    )
  })
  it('says which is missing: nobody, or somebody who went away', async () => {
    await expect(ask(join(folderWith({}), 'control.sock'))).rejects.toMatchObject({ code: 'absent' })
    for (const said of [
      '',
      'HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{"data":',
      'HTTP/1.1 102 Processing\r\n\r\n',
    ]) {
      const path = join(folderWith({}), 'control.sock')
      const server = createServer((socket) => void socket.once('data', () => socket.end(said))).listen(path)
      onTestFinished(() => void server.close())
      await once(server, 'listening')
      await expect(ask(path), said).rejects.toMatchObject({ code: 'lost' })
    }
  })
  it('calls a stream that breaks off without an end one that was lost', async () => {
    const path = await listen()
    const socketPath = join(folderWith({}), 'other.sock')
    const server = createServer((socket) => {
      const text = 'event: item\ndata: "begun"\n\nevent: it'
      socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`))
    }).listen(socketPath)
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    const seen: string[] = []
    const following = async () => {
      for await (const event of client(socketPath).follow(follow, {})) seen.push(event)
    }
    await expect(following()).rejects.toMatchObject({ code: 'lost' })
    expect(seen).toEqual(['begun'])
    expect(existsSync(path)).toBe(true)
  })
  // In the moment in which a killed process is taken apart: `ban add` gave up instead of going on alone.
  it('calls a process that was killed before it took the connection one that went away', async () => {
    const path = join(folderWith({}), 'control.sock')
    const end = await listenElsewhere(path)
    const asked = ask(path)
    end()
    await expect(asked).rejects.toMatchObject({ code: 'lost' })
    await expect(ask(path)).rejects.toMatchObject({ code: 'absent' })
  })
  it('is taken over from a process that is killed at this moment', async () => {
    const path = join(folderWith({}), 'control.sock')
    const end = await listenElsewhere(path)
    const listening = ControlServer.listen(path, async () => apiOf(VERBS, undefined))
    end()
    const control = await listening
    onTestFinished(() => control.close())
    expect(await ask(path)).toEqual({ name: 'here' })
  })
  it('ends idle connections at once when it closes, and lets answers under way finish', async () => {
    const { promise: goOn, resolve } = Promise.withResolvers<null>()
    const slow = dataVerb({ ...base, name: 'slow', path: '/slow', result: v.null(), run: () => goOn })
    const { path, control } = await server([echo, slow])
    const idle = await raw(path)
    idle.write(REQUEST)
    await once(idle, 'data')
    const asked = client(path).ask(slow, {})
    // It was taken by then: connections are, in their order.
    await ask(path)
    const closing = control.close()
    await closed(idle)
    resolve(null)
    expect(await asked).toBe(null)
    await closing
    expect(existsSync(path)).toBe(false)
  })
})

describe('an upgrade', { timeout: 60_000 }, () => {
  it('is told to a command of before, in its own protocol', async () => {
    const path = await listen()
    const socket = await raw(path)
    const told = heard(socket)
    socket.write('{"kind":"request","version":1,"verb":"ban.add","options":{}}\n{"kind":"input","value":"Steve"}\n')
    await closed(socket)
    const [line = '', rest] = told().split('\n')
    expect(JSON.parse(line)).toEqual({
      kind: 'error',
      code: 'protocol',
      message: expect.stringContaining('use the infrarust command of version'),
    })
    expect(rest).toBe('')
  })
  it('that was not followed by a restart is told by the command, which touches nothing', async () => {
    const folder = folderWith({ 'infrarust.toml': '' })
    // A proxy of before answers whatever it is sent with a line of its protocol.
    const before = createServer((socket) => {
      socket.on('error', () => {})
      socket.once('data', () => socket.end('{"kind":"error","code":"protocol","message":"a line is no JSON"}\n'))
    }).listen(join(folder, 'infrarust.sock'))
    onTestFinished(() => void before.close())
    await once(before, 'listening')
    const older = expect.stringContaining('the running proxy is older than this command; restart it')
    expect(await finish(['status'], '', { cwd: folder })).toMatchObject({ code: 2, stdout: '', stderr: older })
    expect(await finish(['ban', 'add', 'Steve'], '', { cwd: folder })).toMatchObject({ code: 1, stderr: older })
    expect(existsSync(join(folder, 'bans.db'))).toBe(false)
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
  it('says that it went away where it dies under a trace, with exit code 2', async () => {
    const folder = folderWith({ 'infrarust.toml': '' })
    const running = new Running(folder)
    await listens(running, join(folder, 'infrarust.sock'))
    const tracing = start(['trace', '203.0.113.7'], { cwd: folder })
    let stderr = ''
    tracing.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    await once(tracing.stdout, 'data')
    running.program.kill('SIGKILL')
    expect(await once(tracing, 'close')).toEqual([2, null])
    expect(stderr).toBe('infrarust: the proxy went away before it had answered\n')
  })
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
