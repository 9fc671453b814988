import { join } from 'node:path'
import { folderWith } from '@infrarust/test-kit'
import { describe, expect, it } from 'vitest'
import { cannotConnect, cannotListen } from '../src/control/socket-problem.ts'
import { bindProblem } from '../src/proxy/listen-problem.ts'
import { finish } from './program.ts'
import { Running } from './running.ts'

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: what the system calls it, listen`), { code })
}

const CODES = 'EACCES EPERM ENOENT ENOTDIR EEXIST EROFS ENOSPC EDQUOT EADDRINUSE EMFILE ENFILE EIO'.split(' ')

// "EACCES: permission denied, mkdir" named neither whose permission, nor what to do.
describe('an error of a socket', () => {
  it.each(CODES)('of the control socket says in one line what is the matter and what to do: %s', (code) => {
    for (const text of [
      cannotListen('/a/b/c.sock', systemError(code)),
      cannotConnect('/a/b/c.sock', systemError(code)),
    ]) {
      expect(text).toMatch(/^[^\n]*\/a[^\n]*; \w[^\n]+$/)
    }
  })
  it.each(['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL', 'EAFNOSUPPORT', 'ENOTFOUND', 'EMFILE'])(
    'of a listener says in one line what is the matter and what to do: %s',
    (code) => {
      expect(bindProblem(systemError(code), { host: 'a.example.com', port: 25_565 }, 'bind')).toMatch(
        /^[^\n]+; \w[^\n]+$/,
      )
    },
  )
})

describe('a control socket that cannot be made', { timeout: 60_000 }, () => {
  it.each([
    [
      'there is no folder to make its folder in',
      'missing/deeper',
      /there is no folder .*missing to make .*deeper in; make it/,
    ],
    ['what should be its folder is a file', 'file', /a part of .*file is no folder; name another place with data_dir/],
  ])('leaves the players alone, and the log says how to mend it: %s', async (_, dataDir, text) => {
    const bans = join(folderWith(), 'bans.db')
    const toml = `data_dir = "${dataDir}"\n[ban]\nfile = "${bans}"\n`
    const running = new Running(folderWith({ 'infrarust.toml': toml, file: '' }))
    const { msg, level } = await running.logged('no command reaches this process')
    expect(msg).toMatch(text)
    expect(level).toBe('error')
    expect(await running.port()).toBeGreaterThan(0)
  })
})

describe('a command that finds no proxy', { timeout: 60_000 }, () => {
  it('says where it looked and how to name another configuration', async () => {
    const folder = folderWith({ 'infrarust.toml': '' })
    expect(await finish(['status'], '', { cwd: folder })).toMatchObject({
      code: 2,
      stderr: `infrarust: no proxy runs with this configuration: nobody listens on ${join(folder, 'infrarust.sock')}; start one, or name its configuration with --config\n`,
    })
  })
})
