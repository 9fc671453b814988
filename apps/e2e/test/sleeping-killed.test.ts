import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Child, folderWith, freePort, until } from '@infrarust/test-kit'
import { afterAll, afterEach, expect, it } from 'vitest'
import { Infrarust } from '../fixtures/infrarust.ts'
import { command, INFRARUST } from '../fixtures/infrarust-command.ts'
import { Running } from '../fixtures/running.ts'
import { isThere, localManager } from '../fixtures/sleeping-server.ts'

const running = new Running()
afterEach(() => running.stopAll())

interface Sleeper {
  readonly startMs: number
  readonly stopMs: number
  readonly more: string
  /** What the log says when it is in the state after which it is named; undefined: from the beginning. */
  readonly reached: string | undefined
}

/** By the state in which the proxy is killed. */
const SLEEPERS: Readonly<Record<string, Sleeper>> = {
  sleeping: { startMs: 0, stopMs: 0, more: '', reached: 'sleeps' },
  starting: { startMs: 15_000, stopMs: 0, more: '', reached: 'is to be started by its operator' },
  online: { startMs: 0, stopMs: 0, more: 'shutdown_after = "20s"\n', reached: 'is up' },
  stopping: { startMs: 0, stopMs: 15_000, more: '', reached: 'is stopped: nobody is there' },
  crashed: { startMs: 15_000, stopMs: 0, more: 'start_timeout = "1s"\n', reached: 'could not be started' },
}

it('leaves no server behind that should not run, and starts none twice, whatever they were at when it was killed', async () => {
  const folder = folderWith({}, afterAll)
  const journal = (state: string): string => join(folder, `${state}.pids`)
  const pids = (state: string): readonly number[] =>
    existsSync(journal(state)) ? readFileSync(journal(state), 'utf8').trim().split('\n').map(Number) : []
  const servers: Record<string, string> = {}
  for (const [state, sleeper] of Object.entries(SLEEPERS))
    servers[state] = await serverText(state, sleeper, journal(state))
  const infrarust = running.add(await Infrarust.start({ servers, toml: '[wake]\nmax_starting = 5\n' }))
  const config = join(infrarust.folder, 'infrarust.toml')
  for (const state of Object.keys(SLEEPERS)) await infrarust.logged(`server \\"${state}\\" sleeps`)
  for (const state of ['starting', 'online', 'stopping', 'crashed'])
    expect((await command('server', 'start', state, '--config', config)).code).toBe(0)
  for (const [state, { reached }] of Object.entries(SLEEPERS))
    await infrarust.logged(`server \\"${state}\\" ${reached}`)
  await until(() => pids('starting').length === 1, 'the slow one to run')

  await infrarust.child.stop('SIGKILL')
  const again = running.add(new Child(process.execPath, [INFRARUST, '--config', config]))

  for (const state of Object.keys(SLEEPERS))
    await until(
      () => again.lines.some((line) => line.includes(`server \\"${state}\\" sleeps`)) && !pids(state).some(isThere),
      `${state} to sleep`,
      () => again.lines.join('\n'),
      60_000,
    )
  const started = Object.keys(SLEEPERS).map((state) => [state, pids(state).length])
  expect(Object.fromEntries(started)).toEqual({ sleeping: 0, starting: 1, online: 1, stopping: 1, crashed: 1 })
})

/** Each in a folder of its own, for the lock in it. */
async function serverText(state: string, { startMs, stopMs, more }: Sleeper, journal: string): Promise<string> {
  const port = await freePort()
  const program = join(import.meta.dirname, '../fixtures/journal-server.ts')
  const args = [program, String(port), String(startMs), String(stopMs), journal]
  const manager = localManager({ command: process.execPath, args }, folderWith({}, afterAll))
  // What is written here counts, and not what is usual for servers of tests.
  const keys = more.split(' ', 1)[0] ?? ''
  const usual = manager.split('\n').filter((line) => keys === '' || !line.startsWith(`${keys} `))
  return `domains = ["${state}.example.com"]\naddresses = ["127.0.0.1:${port}"]\n${usual.join('\n')}${more}`
}
