import { once } from 'node:events'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { folderWith } from '@infrarust/test-kit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { closed, heard, listen, listens, raw } from './control.ts'
import { finish, start } from './program.ts'
import { Running } from './running.ts'

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
    expect(running.lines.filter(({ level }) => level === 'error' || level === 'fatal')).toHaveLength(1)
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
  // In a container, whose commands have the environment of the proxy, it warned of what cannot happen there.
  it.each([
    ['as a unit of systemd', { INVOCATION_ID: '0123' }, true],
    ['in a container', { INVOCATION_ID: undefined }, false],
  ])('is said to be nowhere else where it comes from the environment alone: %s', async (_, env, isWarned) => {
    const folder = folderWith({ 'empty.toml': '' })
    const state = join(folder, 'state')
    const running = new Running(folder, ['--config', 'empty.toml'], { STATE_DIRECTORY: state, ...env })
    await listens(running, join(state, 'infrarust.sock'))
    const warned = running.lines.some(({ msg }) => String(msg).includes('commands find that only where data_dir is in'))
    expect(warned).toBe(isWarned)
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
    const why = expect.stringContaining('a part of this path is no folder')
    expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: '', stderr: why })
    expect(existsSync(join(folder, 'bans.db'))).toBe(false)
  })
})
