import { once } from 'node:events'
import { chmodSync, chownSync, existsSync, lchownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { folderWith } from '@infrarust/test-kit'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { ControlClient } from '../src/control/client.ts'
import { ControlServer } from '../src/control/control-server.ts'
import { findSocket } from '../src/control/socket-owner.ts'
import { verb } from '../src/verbs/ban-list/verb.ts'
import { finish } from './program.ts'
import { Running } from './running.ts'

afterEach(() => vi.restoreAllMocks())

const IS_ROOT = process.geteuid?.() === 0
/** Some other user: on most systems nobody. */
const STRANGER = 65_534

/**
 * Makes these another user's. Whoever may not give files away becomes another user himself, for what runs in this process:
 * then everything of before belongs to somebody else.
 */
function belongToStranger(...paths: readonly string[]): void {
  for (const path of paths) if (IS_ROOT) lchownSync(path, STRANGER, STRANGER)
  if (!IS_ROOT) vi.spyOn(process, 'geteuid').mockReturnValue(STRANGER)
}

const BELIEVED = {
  target: { type: 'ip', value: '203.0.113.7' },
  reason: null,
  source: 'him',
  created_at: 1,
  expires_at: null,
}

/** Somebody who answers whatever is asked of him. */
async function squatter(path: string): Promise<{ readonly server: Server; readonly asked: () => number }> {
  let asked = 0
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', () => {
      asked++
      const body = JSON.stringify({ data: [BELIEVED], meta: { total: 1 } })
      socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
    })
  }).listen(path)
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  return { server, asked: () => asked }
}

function ask(path: string) {
  return new ControlClient(path).ask(verb, {})
}

// Whoever was first in a shared folder was told of every ban, and what he answered was shown as the proxy's word.
describe('a socket of another user where the proxy is expected', { timeout: 60_000 }, () => {
  it.each([
    ['a folder that everybody may write to', 0o777],
    ['such a folder in which files are safe, as /tmp', 0o1777],
    ['a folder of a group', 0o770],
    ['our own folder', 0o700],
  ])('in %s is not asked, and the message says whose it is and what to do', async (_, mode) => {
    const path = join(folderWith({}), 'infrarust.sock')
    chmodSync(join(path, '..'), mode)
    const { asked } = await squatter(path)
    const owner = IS_ROOT ? STRANGER : process.geteuid?.()
    belongToStranger(path)
    await expect(ask(path)).rejects.toMatchObject({
      code: 'untrusted',
      message: expect.stringMatching(
        new RegExp(`infrarust\\.sock belongs to user ${owner}, .*data_dir in infrarust\\.toml`),
      ),
    })
    expect(asked()).toBe(0)
  })
  it('in a folder that he has made himself, where everybody may, is not asked', async () => {
    const path = join(folderWith({}), 'infrarust.sock')
    await squatter(path)
    belongToStranger(path, join(path, '..'))
    await expect(ask(path)).rejects.toMatchObject({ code: 'untrusted' })
  })
  it('behind a link of his, or behind a link of ours, is not asked', async () => {
    const folder = folderWith({})
    const [his, ours, toHis, toOurs] = ['his.sock', 'ours.sock', 'to-his', 'to-ours'].map((name) => join(folder, name))
    if (!his || !ours || !toHis || !toOurs) throw new Error('four paths')
    await squatter(his)
    await squatter(ours)
    symlinkSync(his, toHis)
    symlinkSync(ours, toOurs)
    belongToStranger(his, toOurs)
    await expect(ask(toHis)).rejects.toMatchObject({ code: 'untrusted' })
    await expect(ask(toOurs)).rejects.toMatchObject({ code: 'untrusted' })
  })
  it('keeps a proxy from listening there, which says so', async () => {
    const path = join(folderWith({}), 'infrarust.sock')
    await squatter(path)
    belongToStranger(path)
    await expect(ControlServer.listen(path, async () => () => new Response())).rejects.toMatchObject({
      code: 'untrusted',
      message: expect.stringContaining('data_dir in infrarust.toml'),
    })
    expect(existsSync(path)).toBe(true)
  })
  it('is told by commands, which do nothing then', async () => {
    const folder = folderWith({ 'infrarust.toml': '' })
    await squatter(join(folder, 'infrarust.sock'))
    if (IS_ROOT) chownSync(join(folder, 'infrarust.sock'), STRANGER, STRANGER)
    const asStranger = IS_ROOT ? [] : ['--import', `data:text/javascript,process.geteuid=()=>${STRANGER}`]
    for (const [args, code] of [
      [['status'], 2],
      [['ban', 'add', 'Steve'], 1],
    ] as const) {
      const done = await finish(args, '', { cwd: folder, nodeOptions: asStranger })
      expect(done).toEqual({
        code,
        stdout: '',
        stderr: expect.stringMatching(
          /^infrarust: [^\n]* belongs to user \d+, [^\n]*\n(?:infrarust: not banned: Steve\n)?$/,
        ),
      })
    }
    expect(existsSync(join(folder, 'bans.db'))).toBe(false)
  })
})

describe('a socket that is asked', { timeout: 60_000 }, () => {
  it('may be a user’s who alone can have made its folder, for root asks proxies of other users', async () => {
    const above = mkdtempSync(join(IS_ROOT ? '/var/lib' : homedir(), '.infrarust-test-'))
    onTestFinished(() => rmSync(above, { recursive: true, force: true }))
    const path = join(above, 'data', 'infrarust.sock')
    mkdirSync(join(above, 'data'))
    await squatter(path)
    belongToStranger(path, join(above, 'data'))
    expect(await ask(path)).toEqual([BELIEVED])
    // Now anybody could have made the folder.
    chmodSync(above, 0o1777)
    await expect(ask(path)).rejects.toMatchObject({ code: 'untrusted' })
  })
  it('is the one that was looked at, also where another one has taken its name since', async () => {
    const path = join(folderWith({}), 'infrarust.sock')
    const { server } = await squatter(path)
    const found = findSocket(path)
    onTestFinished(() => found.close())
    server.close()
    const { asked } = await squatter(path)
    await expect(ask(found.path)).rejects.toMatchObject({ code: expect.stringMatching(/absent|lost/) })
    expect(asked()).toBe(0)
  })
})

describe('a data folder that everybody may write to', { timeout: 60_000 }, () => {
  it('is told at the start, and commands reach the proxy', async () => {
    const folder = folderWith({ 'infrarust.toml': 'data_dir = "data"\n' })
    mkdirSync(join(folder, 'data'))
    chmodSync(join(folder, 'data'), 0o777)
    const running = new Running(folder)
    expect(await running.logged('can be written by every user of this machine')).toMatchObject({ level: 'warn' })
    expect((await finish(['status'], '', { cwd: folder })).code).toBe(0)
  })
})
