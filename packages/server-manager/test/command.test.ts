import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readTable } from '@infrarust/core/provider'
import { managerKeys, PowerError, type ServerPower } from '@infrarust/core/server-power'
import { serverPowerContract } from '@infrarust/core/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { command } from '../src/index.ts'

const folders: string[] = []

/** A service of which a file says whether it runs. */
class Service {
  readonly folder = mkdtempSync(join(tmpdir(), 'infrarust-command-'))

  constructor() {
    folders.push(this.folder)
  }

  open(written: object = {}): ServerPower {
    const config = readTable(managerKeys, {
      type: 'command',
      start: ['sh', '-c', 'touch running; echo x >> starts'],
      stop: ['rm', '-f', 'running'],
      state: ['test', '-e', 'running'],
      command_timeout: '20s',
      ...written,
    }).value
    return command.open(config, {
      server: { id: 'survival', provider: 'file', key: 'survival', source: 'test' },
      folder: this.folder,
      stateFolder: this.folder,
      notice: () => undefined,
    })
  }

  get starts(): number {
    const path = join(this.folder, 'starts')
    return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n').length : 0
  }
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

const never = new AbortController().signal

async function failure(act: Promise<unknown>): Promise<string> {
  const error: unknown = await act.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(PowerError)
  return error instanceof Error ? error.message : ''
}

const SECRET = 'Authorization: Bearer hunter2'

serverPowerContract('command', async () => {
  const service = new Service()
  return {
    open: () => service.open(),
    openBroken: () => service.open({ start: ['sh', '-c', 'exit 4', SECRET] }),
    starts: () => service.starts,
    endByItself: async () => rmSync(join(service.folder, 'running')),
    secret: 'hunter2',
    dispose: () => Promise.resolve(),
  }
})

serverPowerContract(
  'command without state',
  async () => {
    const service = new Service()
    return {
      open: () => service.open({ state: [] }),
      starts: () => service.starts,
      dispose: () => Promise.resolve(),
    }
  },
  { states: 'unknown' },
)

describe('a command', () => {
  it('is told which server is meant, and is read by no shell', async () => {
    const service = new Service()
    const power = service.open({
      start: ['sh', '-c', 'printf "%s|" "$INFRARUST_SERVER" "$@" > args', 'sh', '$HOME', '', 'a b'],
    })
    await power.start(never)
    expect(readFileSync(join(service.folder, 'args'), 'utf8')).toBe('survival|$HOME||a b|')
  })
  it('that fails says how, in its own last words', async () => {
    const power = new Service().open({
      start: ['sh', '-c', 'echo one; echo "Unit survival.service not found." >&2; exit 5'],
    })
    expect(await failure(power.start(never))).toBe(
      'the start command (sh) has ended with status 5: Unit survival.service not found.',
    )
  })
  it('that does not exist says so', async () => {
    expect(await failure(new Service().open({ start: ['no-such-program'] }).start(never))).toBe(
      'the start command (no-such-program) cannot be run: spawn no-such-program ENOENT',
    )
  })
  it('that takes too long is ended with all that it has started', async () => {
    const service = new Service()
    const power = service.open({ start: ['sh', '-c', 'sleep 60 & sleep 60'], command_timeout: '100ms' })
    expect(await failure(power.start(never))).toBe(
      'the start command (sh) has not ended within 100 ms (command_timeout)',
    )
  })
  // A script that puts the server into the background leaves its output open: whoever waits for its end waits for ever.
  it('has ended when it exits, though what it has started holds its output', async () => {
    const service = new Service()
    const power = service.open({ start: ['sh', '-c', 'sleep 30 & echo $! > pid; touch running'] })
    await power.start(never)
    expect(existsSync(join(service.folder, 'running'))).toBe(true)
    process.kill(Number(readFileSync(join(service.folder, 'pid'), 'utf8')))
  })
})
