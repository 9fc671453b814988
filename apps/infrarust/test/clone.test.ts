import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Ended, finished, folderWith } from '@infrarust/test-kit'
import { describe, expect, it } from 'vitest'
import { type FakeClone, fakeClone } from './fake-clone.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

const INSTALLED_AND_BUILT = [
  'begin install --frozen-lockfile --prod --prefer-offline --loglevel=warn',
  'end',
  'begin exec turbo run build --filter=infrarust... --output-logs=errors-only',
  'end',
]

interface RunOptions {
  readonly cwd?: string
  readonly input?: string
  readonly env?: NodeJS.ProcessEnv
}

function run(clone: FakeClone, args: readonly string[] = [], { cwd = '/', input = '', env = {} }: RunOptions = {}) {
  return finished(clone.command, args, { cwd, input, env: { ...process.env, ...clone.env, ...env } })
}

/** How the stand-in for the program says that it was run. */
function seen({ stdout }: Ended): Record<string, unknown> {
  return JSON.parse(stdout)
}

describe('./infrarust', { timeout: 60_000 }, () => {
  // In a fresh clone there was no command: every page said `npx --yes pnpm start …` or a name that nobody had.
  it('installs and builds in a fresh clone, and says so where the answer is not', async () => {
    const clone = fakeClone('stand-in')
    const ended = await run(clone)
    expect(ended).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^infrarust: Installing.*\ninfrarust: Building/),
    })
    expect(ended.stdout.split('\n')).toEqual([expect.stringMatching(/^\{.*\}$/), ''])
    expect(clone.asked()).toEqual(INSTALLED_AND_BUILT)
  })

  it('asks nobody for anything once everything is there', async () => {
    const clone = fakeClone('stand-in')
    await run(clone)
    writeFileSync(join(clone.folder, 'README.md'), 'is no source')
    const ended = await run(clone)
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    expect(clone.asked()).toEqual(INSTALLED_AND_BUILT)
  })

  it.each<readonly [string, (folder: string) => void]>([
    ['a source was changed', (folder) => touch(join(folder, 'packages/one/src/deep/a.ts'))],
    ['a source was added', (folder) => writeFileSync(join(folder, 'packages/one/src/deep/c.ts'), '')],
    ['a source is gone', (folder) => rmSync(join(folder, 'packages/one/src/b.ts'))],
    ['the program itself was changed', (folder) => touch(join(folder, 'apps/infrarust/src/main.ts'))],
    ['a package needs something else', (folder) => touch(join(folder, 'packages/one/package.json'))],
    ['the lockfile was changed', (folder) => touch(join(folder, 'pnpm-lock.yaml'))],
    ['what was built of a package is gone', (folder) => rmSync(join(folder, 'packages/one/dist'), { recursive: true })],
    ['what was installed is gone', (folder) => rmSync(join(folder, 'node_modules'), { recursive: true })],
  ])('installs and builds again where %s', async (_, change) => {
    const clone = fakeClone('stand-in')
    await run(clone)
    change(clone.folder)
    expect(await run(clone)).toMatchObject({ code: 0 })
    expect(clone.asked()).toEqual([...INSTALLED_AND_BUILT, ...INSTALLED_AND_BUILT])
    expect(await run(clone)).toMatchObject({ stderr: '' })
  })

  it('runs nothing where it cannot install, shows why, and tries again the next time', async () => {
    const clone = fakeClone('stand-in')
    writeFileSync(join(clone.folder, 'offline'), '')
    const ended = await run(clone)
    expect(ended).toMatchObject({ code: 3, stdout: '' })
    expect(ended.stderr).toContain('pnpm on standard output\npnpm on standard error\n')
    expect(ended.stderr).toMatch(/infrarust: "pnpm install .*" failed\n$/)
    rmSync(join(clone.folder, 'offline'))
    expect(await run(clone)).toMatchObject({ code: 0 })
  })

  it('says what it needs where there is no Node at all', async () => {
    const clone = fakeClone('stand-in')
    const path = folderWith()
    for (const tool of ['sh', 'dirname', 'readlink']) symlinkSync(whereIs(tool), join(path, tool))
    expect(await run(clone, [], { env: { PATH: path } })).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'infrarust: the first start needs Node 20 or newer and npm on the path, to install the Node that it runs on\n',
    })
  })

  it('needs no Node on the path once it has its own', async () => {
    const clone = fakeClone('stand-in')
    await run(clone)
    const path = folderWith()
    for (const tool of ['sh', 'dirname', 'readlink', 'find', 'head']) {
      symlinkSync(whereIs(tool), join(path, tool))
    }
    const ended = await run(clone, [], { env: { PATH: path } })
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    expect(seen(ended).node).toBe(process.execPath)
  })

  it('passes on arguments, input and the exit code, in the folder of the caller', async () => {
    const clone = fakeClone('stand-in')
    const args = ['7', '--config', 'a b.toml', '', '*', '"']
    // The first time as well, when others have been started before the program.
    for (const time of ['first', 'second']) {
      const cwd = folderWith()
      const ended = await run(clone, args, { cwd, input: time })
      expect(ended.code).toBe(7)
      expect(seen(ended)).toMatchObject({ cwd, args: args.slice(1), input: time })
    }
  })

  it('is found through links, and in a folder with blanks in its name', async () => {
    const clone = fakeClone('stand-in')
    const place = folderWith({ 'with blanks/bin/.keep': '' })
    symlinkSync(clone.folder, join(place, 'with blanks/clone'))
    symlinkSync('../clone/infrarust', join(place, 'with blanks/bin/infrarust'))
    symlinkSync(join(place, 'with blanks/bin/infrarust'), join(place, 'link'))
    // CDPATH would have `cd` go elsewhere, and print where.
    const env = { CDPATH: '/usr:/' }
    expect(await run({ ...clone, command: join(place, 'link') }, [], { env })).toMatchObject({ code: 0 })
    expect(await run({ ...clone, command: './link' }, [], { cwd: place, env })).toMatchObject({ code: 0, stderr: '' })
  })

  // A shell in the middle keeps signals from the program, and has an exit code of its own.
  it('leaves its place to the program', async () => {
    const clone = fakeClone('stand-in')
    await run(clone)
    const child = spawn(clone.command, [], { env: { ...process.env, ...clone.env } })
    let stdout = ''
    child.stdout.on('data', (data) => (stdout += data))
    child.stdin.end()
    await new Promise((resolve) => child.once('close', resolve))
    expect(JSON.parse(stdout).pid).toBe(child.pid)
  })

  it('does not install twice at once', async () => {
    const clone = fakeClone('stand-in')
    const ended = await Promise.all([run(clone), run(clone), run(clone)])
    expect(ended.map(({ code }) => code)).toEqual([0, 0, 0])
    const turns = clone.asked().map((line) => line.split(' ')[0])
    expect(turns).toEqual(turns.map((_, at) => (at % 2 === 0 ? 'begin' : 'end')))
    expect(existsSync(join(clone.folder, 'node_modules/.infrarust-preparing'))).toBe(false)
  })

  it('takes over from a start that was killed while it installed', async () => {
    const clone = fakeClone('stand-in')
    const lock = join(clone.folder, 'node_modules/.infrarust-preparing')
    mkdirSync(join(clone.folder, 'node_modules'))
    const killed = `require('node:net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`
    spawnSync(process.execPath, ['-e', killed, lock])
    expect(existsSync(lock)).toBe(true)
    expect(await run(clone)).toMatchObject({ code: 0 })
  })
})

describe('pnpm start', { timeout: 60_000 }, () => {
  it('runs ./infrarust in the folder where pnpm was called, without what pnpm lets scripts find', async () => {
    const clone = fakeClone('stand-in')
    const cwd = folderWith()
    const env = { ...process.env, ...clone.env, INIT_CWD: cwd, NODE_PATH: '/somewhere' }
    const args = [join(clone.folder, 'apps/infrarust/start.mjs'), '4', '--config', 'here.toml']
    const ended = await finished(process.execPath, args, { cwd: clone.folder, env, input: 'in' })
    expect(ended.code).toBe(4)
    expect(seen(ended)).toMatchObject({ cwd, args: ['--config', 'here.toml'], input: 'in' })
    expect(seen(ended)).not.toHaveProperty('NODE_PATH')
  })

  // Its `> node apps/infrarust/start.mjs` was the first line of every log, and no JSON.
  it.each([
    ['start', true],
    ['start --config here.toml', true],
    ['--loglevel=warn run start check', true],
    ['-C /elsewhere start', true],
    ['install', false],
    ['test start', false],
    ['exec vitest start', false],
    ['--dir start install', false],
  ])('has pnpm say nothing of its own, and no other command: pnpm %s', async (line, isSilent) => {
    const hook = `console.log(JSON.stringify(require(process.env.HOOKS).hooks.updateConfig({ reporter: 'default', dir: '.' })))`
    const file = join(folderWith({ 'pnpm.cjs': hook }), 'pnpm.cjs')
    const env = { ...process.env, HOOKS: join(ROOT, '.pnpmfile.cjs') }
    const { stdout } = await finished(process.execPath, [file, ...line.split(' ')], { env })
    expect(JSON.parse(stdout)).toEqual({ reporter: isSilent ? 'silent' : 'default', dir: '.' })
  })

  // The shell of the script died of the Ctrl-C that the program answers, and pnpm said that the script had failed.
  it('has no shell between pnpm and itself', () => {
    expect(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts.start).toMatch(/^exec /)
  })
})

/** Saves it as it is, now. */
function touch(file: string): void {
  const now = new Date()
  utimesSync(file, now, now)
}

function whereIs(tool: string): string {
  const { stdout } = spawnSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' })
  return stdout.trim()
}
