import { readFileSync } from 'node:fs'
import { folderWith } from '@infrarust/test-kit'
import { describe, expect, it } from 'vitest'
import { finish } from './program.ts'
import { Running } from './running.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const [, block = ''] = /^```sh\n(.*?)^```/ms.exec(readme) ?? []
/** Without the word `infrarust` and the remark. */
const commands = block
  .trimEnd()
  .split('\n')
  .map((line) => line.replace(/ +#.*/, '').split(' ').slice(1))

describe('the README of the program', { timeout: 60_000 }, () => {
  it.each(commands.map((args) => [args.join(' '), args] as const))(
    'shows "infrarust %s", which works',
    async (_, args) => {
      const folder = folderWith({ 'infrarust.toml': '' })
      if (args.length > 0 && !args[0]?.startsWith('--')) {
        expect(await finish(args, '', { cwd: folder })).toMatchObject({
          code: 0,
          stderr: expect.not.stringMatching(/^error/m),
        })
        return
      }
      // It runs until it is stopped, wherever its configuration is.
      const running = new Running(
        folder,
        args.map((arg) => (arg.startsWith('/') ? `${folder}/infrarust.toml` : arg)),
      )
      await running.logged('listening')
      running.program.kill('SIGTERM')
      expect(await running.exit).toBe(0)
    },
  )
  it('shows some', () => {
    expect(commands.length).toBeGreaterThan(3)
  })
})
