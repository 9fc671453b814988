import { folderWith } from '@infrarust/test-kit'
import { describe, expect, it } from 'vitest'
import { finish } from './program.ts'

describe('a command line that is not understood', { timeout: 60_000 }, () => {
  it.each([
    [['chek'], `error: unknown command 'chek'; did you mean "check"?`],
    // The option was named, which the command has.
    [['chek', '--json'], `error: unknown command 'chek'; did you mean "check"?`],
    [['help', 'stauts'], `error: unknown command 'stauts'; did you mean "status"?`],
    [['ban', 'lst'], `error: unknown command 'lst'; did you mean "list"?`],
    [['proxy-protocol', 'decod'], `error: unknown command 'decod'; did you mean "decode"?`],
    [['ban', 'add', '--resn', 'x'], `error: unknown option '--resn'; did you mean "--reason"?`],
    [['status', '--confg', 'x'], `error: unknown option '--confg'; did you mean "--config"?`],
    [['--log_levl=debug'], `error: unknown option '--log_levl=debug'; did you mean "--log-level"?`],
    [['status', '--hlep'], `error: unknown option '--hlep'; did you mean "--help"?`],
  ])('says what was probably meant: %j', async (args, line) => {
    const { code, stdout, stderr } = await finish(args, '', { cwd: folderWith({}) })
    expect([code, stdout, stderr]).toEqual([1, '', `${line}\n`])
  })
  it.each([
    [['xyzzy'], `error: unknown command 'xyzzy'; see infrarust --help`],
    [['ban', 'xyzzy'], `error: unknown command 'xyzzy'; see infrarust ban --help`],
    [['log', 'level', '-q'], `error: unknown option '-q'; see infrarust log level --help`],
    [
      ['status', 'now'],
      `error: too many arguments for 'status'. Expected 0 arguments but got 1: now; see infrarust status --help`,
    ],
    [['\x1b[2Jé\nb'], `error: unknown command '\\x1b[2Jé\\x0ab'; see infrarust --help`],
  ])('is told as it is, in one line, where nothing is near: %j', async (args, line) => {
    const { code, stdout, stderr } = await finish(args, '', { cwd: folderWith({}) })
    expect([code, stdout, stderr]).toEqual([1, '', `${line}\n`])
  })
})

describe('help and version', { timeout: 60_000 }, () => {
  it.each([['--help'], ['--version'], ['help', 'check'], ['ban', 'add', '--help']])(
    'succeed: %s %s',
    async (...args) => {
      const { code, stdout, stderr } = await finish(args)
      expect([code, stderr]).toEqual([0, ''])
      expect(stdout).not.toBe('')
    },
  )
  it('is what a command that is none without another one shows, and fails', async () => {
    const { code, stderr } = await finish(['ban'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/^Usage: infrarust ban/)
  })
})
