import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { finished, folderWith } from '@infrarust/test-kit'
import { describe, expect, it } from 'vitest'

const ROOTFS = resolve(import.meta.dirname, '../../../deploy/rootfs')
/** What the script calls: there is no Node among it, and none is needed. */
const TOOLS = 'bash dirname readlink mkdir mktemp rm chmod tar install mv cp cat'.split(' ')

/** A folder for PATH in which nothing else is found. */
function tools(others: Readonly<Record<string, string>> = {}): string {
  const folder = folderWith(others)
  for (const name of Object.keys(others)) execFileSync('chmod', ['755', join(folder, name)])
  for (const tool of TOOLS) if (!existsSync(join(folder, tool))) symlinkSync(whereIs(tool), join(folder, tool))
  return folder
}

function whereIs(tool: string): string {
  return execFileSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).trim()
}

/** What an earlier version has left, as far as it is looked at here. */
const INSTALLED = { 'opt/infrarust/file': 'old', 'usr/bin/infrarust': 'old' }

describe('deploy/rootfs', { timeout: 240_000 }, () => {
  // It needed a Node on the path, which the root of a sudo does not have where Node comes from a version manager.
  it('lays out a program that runs, over what is installed, without a Node on the path', async () => {
    const into = folderWith(INSTALLED)
    const ended = await finished(ROOTFS, [into], { env: { PATH: tools() } })
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    expect(ended.stdout).toMatch(/^infrarust \d+\.\d+\.\d+ is in \S+\/opt\/infrarust, and its command is /)
    expect(readdirSync(join(into, 'opt'))).toEqual(['infrarust'])
    expect(readdirSync(join(into, 'usr/bin'))).toEqual(['infrarust'])
    expect(readdirSync(join(into, 'opt/infrarust')).sort()).toEqual([
      'apps',
      'bin',
      'node_modules',
      'package.json',
      'packages',
    ])
    expect(readFileSync(join(into, 'usr/bin/infrarust'), 'utf8')).toContain('exec /opt/infrarust/bin/node ')

    const program = join(into, 'opt/infrarust')
    const cwd = folderWith({ 'servers/a.toml': 'domains = ["a.example.com"]\naddresses = ["127.0.0.1:1"]\n' })
    const check = await finished(
      join(program, 'bin/node'),
      [join(program, 'apps/infrarust/bin/infrarust.js'), 'check'],
      {
        cwd,
        env: { HOME: cwd },
      },
    )
    expect(check).toMatchObject({ code: 0, stdout: expect.stringContaining('a.example.com') })
    // The service is another user than the one who has built it, and that one may not change what runs.
    for (const path of ['', 'bin/node', 'apps/infrarust/bin/infrarust.js', 'packages/core/dist']) {
      const { mode, uid } = statSync(join(program, path))
      expect([path, mode & 0o022, mode & 0o044, uid]).toEqual([path, 0, 0o044, process.getuid?.()])
    }
  })

  // It deleted the old one first: a full disk left the machine without a proxy to start.
  it.each([
    ['cannot copy', { tar: '#!/bin/sh\nexit 1\n' }, ''],
    ['has no room for the Node', { install: '#!/bin/sh\necho "no space left" >&2\nexit 1\n' }, 'no space left\n'],
    ['cannot put the new one in place', { mv: refusing('.infrarust.new') }, 'refused\n'],
  ])('leaves what is installed where it %s', async (_, broken, stderr) => {
    const into = folderWith(INSTALLED)
    const ended = await finished(ROOTFS, [into], { env: { PATH: tools(broken) } })
    expect(ended).toMatchObject({ code: 1, stdout: '' })
    expect(ended.stderr).toContain(stderr)
    for (const [file, content] of Object.entries(INSTALLED))
      expect(readFileSync(join(into, file), 'utf8')).toBe(content)
    expect(readdirSync(join(into, 'opt'))).toEqual(['infrarust'])
  })

  it('puts back what one that was killed had moved away', async () => {
    const into = folderWith({ 'opt/.infrarust.old/file': 'old', 'opt/.infrarust.new.abc/half': '' })
    const ended = await finished(ROOTFS, [into], { env: { PATH: tools({ tar: '#!/bin/sh\nexit 1\n' }) } })
    expect(ended.code).toBe(1)
    expect(readFileSync(join(into, 'opt/infrarust/file'), 'utf8')).toBe('old')
    expect(readdirSync(join(into, 'opt'))).toEqual(['infrarust'])
  })

  it('says what to do where nothing is built', async () => {
    const clone = folderWith({ 'deploy/rootfs': readFileSync(ROOTFS) })
    writeFileSync(join(clone, 'package.json'), '{}')
    const into = folderWith(INSTALLED)
    expect(await finished('bash', [join(clone, 'deploy/rootfs'), into], { env: { PATH: tools() } })).toEqual({
      code: 1,
      stdout: '',
      stderr: `deploy/rootfs: nothing is built in ${clone}; run ./infrarust --version there first, as the user who works with it\n`,
    })
    expect(readFileSync(join(into, 'opt/infrarust/file'), 'utf8')).toBe('old')
  })
})

/** A mv that refuses to move what has this in its name. */
function refusing(name: string): string {
  return `#!/bin/sh\ncase $1 in *${name}*) echo refused >&2; exit 1;; esac\nexec ${whereIs('mv')} "$@"\n`
}
