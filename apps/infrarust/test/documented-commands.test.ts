import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { finished, folderWith, freePort, until } from '@infrarust/test-kit'
import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { createProgram } from '../src/main.ts'
import { BIN } from './program.ts'
import { Running } from './running.ts'
import { argumentsOf, inlineCommands, type ShellExample, shellExamples } from './shell-examples.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/** They are about a command that their reader writes, or that is gone. */
const ABOUT_OTHERS = ['docs/add-a-verb.md']

const pages = globSync(['*.md', 'docs/**/*.md', '{packages,apps}/*/README.md'], { cwd: ROOT }).sort()
const texts = pages.map((page) => ({ page, text: readFileSync(join(ROOT, page), 'utf8') }))
const examples = texts.flatMap(({ page, text }) => shellExamples(page, text))
const ours = examples.filter(({ text }) => argumentsOf(text) !== undefined)

// Pages named commands that nobody had, and options that had other names since.
describe('the commands of the documentation', () => {
  it('are there', () => {
    expect(ours.length).toBeGreaterThan(20)
  })

  it.each(ours)('$page line $line: $text', async ({ text }) => {
    expect(await refusal(argumentsOf(text) ?? [])).toBeUndefined()
  })

  it('name commands and options that there are, in the running text as well', async () => {
    const program = await createProgram()
    const inline = texts
      .filter(({ page }) => !ABOUT_OTHERS.includes(page))
      .flatMap(({ page, text }) => inlineCommands(page, text))
    expect(inline.length).toBeGreaterThan(30)
    const wrong = inline.flatMap((example) => unknownWords(program, example))
    expect(wrong).toEqual([])
  })

  it('would be refused where they were none', async () => {
    expect(await refusal(['chek'])).toMatch(/chek/)
    expect(await refusal(['check', '--jsn'])).toMatch(/--jsn/)
    expect(await refusal(['check', '--log-level', 'loud'])).toMatch(/loud/)
    expect(
      unknownWords(await createProgram(), { page: '', line: 1, text: 'infrarust connections --wach' }),
    ).not.toEqual([])
    expect(unknownWords(await createProgram(), { page: '', line: 1, text: 'infrarust bans list' })).not.toEqual([])
  })
})

/** What the program says of arguments that it does not take; nothing is run. */
async function refusal(args: readonly string[]): Promise<string | undefined> {
  const program = await createProgram()
  let said = ''
  const prepare = (command: Command): void => {
    command.exitOverride().configureOutput({ writeErr: (text) => (said += text), writeOut: () => {} })
    // A group of commands is none itself.
    if (command === program || command.commands.length === 0) command.action(() => {})
    for (const inner of command.commands) prepare(inner)
  }
  prepare(program)
  try {
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'commander.helpDisplayed' || code === 'commander.version' || code === 'commander.help')
      return undefined
    return said || String(error)
  }
  return program.args.length > 0 && program.args[0] === args.find((arg) => !arg.startsWith('-'))
    ? unknownCommand(program)
    : undefined
}

/** The program itself takes no arguments, and says so when it runs. */
function unknownCommand(program: Command): string | undefined {
  const [first = ''] = program.args
  return program.commands.some((command) => command.name() === first) ? undefined : `unknown command ${first}`
}

/** `infrarust kick <id>`: words up to the first that is an argument are commands, and options are theirs. */
function unknownWords(program: Command, { page, line, text }: ShellExample): readonly string[] {
  const words = argumentsOf(text) ?? []
  let command = program
  const wrong: string[] = []
  for (const word of words) {
    const [flag = ''] = word.split('=')
    if (flag.startsWith('--')) {
      const isKnown = [command, program].some(({ options }) => options.some(({ long }) => long === flag))
      if (!isKnown && flag !== '--help') wrong.push(word)
      continue
    }
    const inner = command.commands.find((each) => each.name() === word)
    if (inner !== undefined) command = inner
    else if (command.commands.length > 0 && /^[a-z-]+$/.test(word) && word !== 'help') wrong.push(word)
  }
  return wrong.map((word) => `${page}:${line}: ${text}: ${word}`)
}

/** What is not run here, and why. */
const NOT_RUN: readonly (readonly [RegExp, string])[] = [
  [
    /^(git|docker|sudo|npm|npx|pnpm|node|cd|systemctl|kubectl|apt|nginx|haproxy|fail2ban|promtool|openssl) ?/,
    'changes the machine, or is another program',
  ],
  [/^(\.\/)?infrarust *($|[#|>]|--config \S+ *$)/, 'is the proxy itself'],
  [/--watch|infrarust trace/, 'goes on until Ctrl-C'],
  [/\/etc\/infrarust|\/srv\//, 'reads what this machine does not have'],
  [/infrarust (init|add|completion|ping|maintenance)/, 'has a test of its own'],
]

const runnable = examples
  .filter(({ text }) => /^(\.\/)?infrarust |^curl .*--unix-socket/.test(text))
  .filter(({ text }) => !NOT_RUN.some(([pattern]) => pattern.test(text)))

describe('those that can run', { timeout: 120_000 }, () => {
  it.each(Object.entries(Object.groupBy(runnable, ({ page }) => page)))(
    'do what a reader of %s expects, one after the other, beside a running proxy',
    async (_, commands = []) => {
      const folder = folderWith({
        'infrarust.toml': `[web]\nbind = "127.0.0.1:${await freePort()}"\n`,
        'servers/survival.toml': 'domains = ["survival.example.com"]\naddresses = ["127.0.0.1:1"]\n',
        'banned-players.json': '[]',
        'banned-ips.json': '[]',
        infrarust: `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`,
      })
      const running = new Running(folder)
      await until(() => existsSync(join(folder, 'infrarust.sock')), 'the proxy to take commands')
      await running.logged('"survival" added')
      await running.logged('dashboard and API on')
      const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` }
      for (const { text, line } of commands) {
        const ended = await finished('sh', ['-c', `chmod +x infrarust; ${text}`], { cwd: folder, env })
        // 1 is an answer as well: nobody is banned, a server is not there.
        expect([line, text, ended.stderr, ended.code === 0 || ended.code === 1]).toEqual([
          line,
          text,
          ended.stderr,
          true,
        ])
        expect([line, text, ended.stderr]).toEqual([line, text, expect.not.stringMatching(/^error:|Usage:|not found/m)])
      }
    },
  )
})
