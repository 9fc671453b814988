import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { folderWith } from '@infrarust/test-kit'
import { describe, expect, it } from 'vitest'
import { finish } from './program.ts'

const FOLDER = 'infrarust-compiled'
/** As a user without systemd and without settings has it. */
const NO_SETTINGS = { CACHE_DIRECTORY: '', STATE_DIRECTORY: '', XDG_CACHE_HOME: '', NODE_COMPILE_CACHE: '' }

async function runWith(env: NodeJS.ProcessEnv): Promise<void> {
  const { code, stdout, stderr } = await finish(['--version'], '', { env: { ...NO_SETTINGS, ...env } })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^\d/)
}

function isUsed(folder: string): boolean {
  return existsSync(folder) && readdirSync(folder).length > 0
}

describe('compiled code', () => {
  it('is kept in the cache folder of the user, where nobody else may look', async () => {
    const home = folderWith()
    await runWith({ HOME: home })
    const folder = join(home, '.cache', FOLDER)
    expect(isUsed(folder)).toBe(true)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
  })

  it.each(['XDG_CACHE_HOME', 'STATE_DIRECTORY', 'CACHE_DIRECTORY'])(
    'is kept in $%s where that is set',
    async (name) => {
      const [home, base] = [folderWith(), folderWith()]
      await runWith({ HOME: home, [name]: name.endsWith('DIRECTORY') ? `${base}:/elsewhere` : base })
      expect(isUsed(join(base, FOLDER))).toBe(true)
      expect(readdirSync(home)).toEqual([])
    },
  )

  it('is left where NODE_COMPILE_CACHE puts it', async () => {
    const [home, own] = [folderWith(), folderWith()]
    await runWith({ HOME: home, NODE_COMPILE_CACHE: own })
    expect(isUsed(own)).toBe(true)
    expect(readdirSync(home)).toEqual([])
  })

  it('is not kept where there is no folder for it, and nothing is said', async () => {
    const home = folderWith({ file: '' })
    for (const missing of [join(home, 'missing'), join(home, 'file')]) await runWith({ HOME: missing })
    await runWith({ XDG_CACHE_HOME: join(home, 'missing') })
    expect(readdirSync(home)).toEqual(['file'])
  })

  // What lies there is run: another user who could write to it would be this one.
  it('is not taken from where a link leads, and others lose their right to write there', async () => {
    const [base, elsewhere] = [folderWith(), folderWith()]
    symlinkSync(elsewhere, join(base, FOLDER))
    await runWith({ XDG_CACHE_HOME: base })
    expect(readdirSync(elsewhere)).toEqual([])

    const open = folderWith()
    mkdirSync(join(open, FOLDER))
    chmodSync(join(open, FOLDER), 0o777)
    await runWith({ XDG_CACHE_HOME: open })
    expect(statSync(join(open, FOLDER)).mode & 0o777).toBe(0o700)
  })

  it('is not kept in a folder of another user', async () => {
    // Only root can give a folder away; for anybody else one that may not be written stands for it.
    const give = (folder: string): void =>
      process.geteuid?.() === 0 ? chownSync(folder, 65_534, 65_534) : chmodSync(folder, 0o500)
    const [home, base] = [folderWith(), folderWith()]
    give(home)
    await runWith({ HOME: home })
    expect(readdirSync(home)).toEqual([])

    mkdirSync(join(base, FOLDER))
    writeFileSync(join(base, FOLDER, 'theirs'), '')
    give(join(base, FOLDER))
    await runWith({ XDG_CACHE_HOME: base })
    expect(readdirSync(join(base, FOLDER))).toEqual(['theirs'])
  })
})
