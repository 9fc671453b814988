import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { finished, folderWith } from '@infrarust/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bashCompletion } from '../src/completion/bash.ts'
import { commandTable } from '../src/completion/command-table.ts'
import { fishCompletion } from '../src/completion/fish.ts'
import { zshCompletion } from '../src/completion/zsh.ts'
import { createProgram } from '../src/main.ts'
import { finish } from './program.ts'

const table = commandTable(await createProgram())
const SCRIPTS = { bash: bashCompletion(table), zsh: zshCompletion(table), fish: fishCompletion(table) }
type Shell = keyof typeof SCRIPTS
const SHELLS: readonly Shell[] = ['bash', 'zsh', 'fish']

const missing = SHELLS.filter((shell) => spawnSync(shell, ['--version']).status !== 0)
if (missing.length > 0) console.warn(`left out, for want of the shell: completion in ${missing.join(' and ')}`)

let folder = ''
beforeAll(() => {
  const files = { 'infrarust.toml': '', 'my servers/a.toml': '', 'list.json': '', "it's.json": '' }
  folder = folderWith(files, afterAll)
  for (const shell of SHELLS) writeFileSync(join(folder, `completion.${shell}`), SCRIPTS[shell])
})

/** What bash offers for the last of these words, which are as bash itself splits a line. */
async function inBash(...words: readonly string[]): Promise<readonly string[]> {
  const program = `source completion.bash
    COMP_WORDS=(infrarust "$@") COMP_CWORD=$# COMPREPLY=()
    complete -p infrarust >&2
    _infrarust
    ((\${#COMPREPLY[@]} == 0)) || printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout, stderr, code } = await finished('bash', ['-c', program, 'bash', ...words], { cwd: folder })
  expect([stderr, code]).toEqual(['complete -F _infrarust infrarust\n', 0])
  return stdout.split('\n').filter((line) => line !== '')
}

/** What fish offers at the end of this line. */
async function inFish(line: string): Promise<readonly string[]> {
  const program = 'source completion.fish; complete -C "$argv[1]"'
  const { stdout, stderr } = await finished('fish', ['--no-config', '-c', program, line], { cwd: folder })
  expect(stderr).toBe('')
  return stdout.split('\n').flatMap((found) => (found === '' ? [] : [found.split('\t', 1)[0] ?? '']))
}

describe('the completion script', () => {
  it.each(SHELLS)('for %s is what the program prints', async (shell) => {
    expect(await finish(['completion', shell])).toEqual({ code: 0, stdout: SCRIPTS[shell], stderr: '' })
  })
  it('is there for no other shell', async () => {
    const { code, stdout, stderr } = await finish(['completion', 'tcsh'])
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain('bash, zsh, fish')
  })
  it.each(SHELLS.filter((shell) => !missing.includes(shell)))('for %s is read by it without a word', async (shell) => {
    const { code, stdout, stderr } = await finished(shell, ['-n', join(folder, `completion.${shell}`)])
    expect([code, stdout, stderr]).toEqual([0, '', ''])
  })
  it.each(SHELLS)('for %s has every command and every option', (shell) => {
    for (const { commands, options } of table) {
      for (const { name } of commands) expect(SCRIPTS[shell]).toContain(name)
      for (const { name } of options) expect(SCRIPTS[shell]).toContain(shell === 'fish' ? `-l ${name.slice(2)} ` : name)
    }
  })
})

describe.runIf(!missing.includes('bash'))('completion in bash', () => {
  it.each([
    [['che'], ['check']],
    [
      ['ban', ''],
      ['add', 'remove', 'list', 'show', 'import', 'export'],
    ],
    [['--config', 'x', 'ban', 'li'], ['list']],
    [['--config', '=', 'x', 'ban', 'li'], ['list']],
    [['--config=x', 'ban', 'li'], ['list']],
    [['help', 'do'], ['doctor']],
    [
      ['check', '--s'],
      ['--strict', '--show', '--servers-dir'],
    ],
    [['ban', 'add', '--re'], ['--reason']],
    [['connections', '--sort', 's'], ['server']],
    [['connections', '--sort', '=', 's'], ['server']],
    [
      ['--log-level', '='],
      ['trace', 'debug', 'info', 'warn', 'error'],
    ],
    [['log', 'level', 'd'], ['debug']],
    [['log', 'level', 'debug', 't'], []],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['--config', 'infra'], ['infrarust.toml']],
    [['--servers-dir', 'my'], ['my servers']],
    [['--servers-dir', 'infra'], []],
    [['ban', 'import', 'li'], ['list.json']],
    [['ban', 'import', 'list.json', 'it'], ["it's.json"]],
    // A value is no command, and the name of a player may be one.
    [['ban', 'add', '--reason', 'ban', 'l'], []],
    [['ban', 'add', '--reason', ''], []],
    [
      ['kick', 'ban', ''],
      ['--name', '--reason', '--json', '--config', '--bind', '--servers-dir', '--log-level', '--help'],
    ],
    [['xyzzy', '--js'], []],
  ])('after %j offers %j', async (words, offered) => {
    expect([...(await inBash(...words))].sort()).toEqual([...offered].sort())
  })
  it('offers every command and every option', async () => {
    for (const { path, commands, options } of table) {
      const words = path === '' ? [] : path.split(' ')
      const names = commands.map(({ name }) => name)
      if (names.length > 0) expect(await inBash(...words, ''), path).toEqual(names)
      expect(await inBash(...words, '-'), path).toEqual(
        expect.arrayContaining([...options.map(({ name }) => name), '--help', '--config']),
      )
    }
  })
})

describe.runIf(!missing.includes('fish'))('completion in fish', () => {
  it.each([
    ['infrarust che', ['check']],
    ['infrarust ban ', ['add', 'export', 'import', 'list', 'remove', 'show']],
    ['infrarust --config x ban li', ['list']],
    ['infrarust ban add --re', ['--reason']],
    ['infrarust connections --sort s', ['server']],
    ['infrarust log level d', ['debug']],
    ['infrarust help do', ['doctor']],
    ['infrarust ban import li', ['list.json']],
    ['infrarust --config infra', ['infrarust.toml']],
    ['infrarust kick ban add --dur', []],
  ])('after %s offers %j', async (line, offered) => {
    expect(await inFish(line)).toEqual(offered)
  })
})

describe.runIf(!missing.includes('zsh'))('completion in zsh', () => {
  /** What is after a Tab on the line, in a terminal of zsh's own. */
  async function inZsh(line: string): Promise<string> {
    const program = `zmodload zsh/zpty
      zpty z 'PS1= zsh -f -i'
      zpty -w z 'autoload -U compinit; compinit -u -D; source ./completion.zsh; show() { print -r -- "<<$BUFFER>>"; zle send-break }; zle -N show; bindkey ^X show; print ready\${:-!}'
      zpty -r -m z all '*ready!*'
      zpty -w -n z "$1"$'\\t\\x18'
      zpty -r -m z shown '*<<*>>*'
      print -r -- "$shown"
      zpty -d z`
    const { stdout, stderr } = await finished('zsh', ['-f', '-c', program, 'zsh', line], {
      cwd: folder,
      env: { ...process.env, TERM: 'dumb' },
    })
    expect(stderr).toBe('')
    return /<<(.*?)>>/.exec(stdout)?.[1] ?? stdout
  }

  it.each([
    ['infrarust che', 'infrarust check '],
    ['infrarust --config x ban li', 'infrarust --config x ban list '],
    ['infrarust ban add --re', 'infrarust ban add --reason '],
    ['infrarust connections --sort=se', 'infrarust connections --sort=server '],
    ['infrarust log level d', 'infrarust log level debug '],
    ['infrarust --config infra', 'infrarust --config infrarust.toml '],
    ['infrarust --servers-dir m', 'infrarust --servers-dir my\\ servers/'],
    ['infrarust ban add --reason li', 'infrarust ban add --reason li'],
  ])('makes of %s: %s', async (line, completed) => {
    expect(await inZsh(line)).toBe(completed)
  })
})
