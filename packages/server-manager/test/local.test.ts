import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readTable } from '@infrarust/core/provider'
import { managerKeys, type ServerPower } from '@infrarust/core/server-power'
import { serverPowerContract } from '@infrarust/core/testing'
import { poll, until } from '@infrarust/test-kit'
import { afterEach, describe, expect, it } from 'vitest'
import { local } from '../src/index.ts'
import { identify } from '../src/local/process-identity.ts'

/** A server with a console: says that it was started, and ends with `stop`, unless it is told to be stubborn. */
const SERVER = `
import { appendFileSync } from 'node:fs'
appendFileSync('starts', process.pid + '\\n')
process.stdout.on('error', () => {})
console.log('up')
const [mode = 'good'] = process.argv.slice(2)
if (mode === 'stubborn') process.on('SIGTERM', () => {})
if (mode === 'talks') setInterval(() => { for (let i = 0; i < 2000; i++) console.log('x'.repeat(500)) }, 20)
if (mode === 'crashes') process.exit(3)
process.stdin.on('data', (line) => { if (mode !== 'stubborn' && mode !== 'deaf' && String(line).includes('stop')) process.exit(0) })
setInterval(() => {}, 1000)
`

const folders: string[] = []

class Place {
  readonly folder = mkdtempSync(join(tmpdir(), 'infrarust-local-'))
  readonly notices: string[] = []

  constructor() {
    folders.push(this.folder)
    writeFileSync(join(this.folder, 'server.mjs'), SERVER)
  }

  open(written: object = {}, id = 'survival'): ServerPower {
    const config = readTable(managerKeys, {
      type: 'local',
      command: process.execPath,
      args: ['server.mjs'],
      working_dir: this.folder,
      shutdown_timeout: '20s',
      ...written,
    }).value
    return local.open(config, {
      server: { id, provider: 'file', key: id, source: 'test' },
      folder: this.folder,
      stateFolder: this.folder,
      notice: ({ message }) => this.notices.push(message),
    })
  }

  get pids(): readonly number[] {
    try {
      return readFileSync(join(this.folder, 'starts'), 'utf8').trim().split('\n').map(Number)
    } catch {
      return []
    }
  }

  /** A process that has ended is there until its parent has heard of it. */
  async gone(): Promise<void> {
    await until(() => !this.pids.some(isThere), 'the server to be gone')
  }

  kill(): void {
    for (const pid of this.pids) {
      try {
        process.kill(-pid, 'SIGKILL')
      } catch {
        // It has ended.
      }
    }
  }
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

const never = new AbortController().signal

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function state(power: ServerPower): Promise<string> {
  return (await power.state(never)).state
}

serverPowerContract('local', async () => {
  const place = new Place()
  return {
    open: () => place.open(),
    openBroken: () => place.open({ command: 'no-such-program-anywhere' }),
    starts: () => place.pids.length,
    endByItself: async () => {
      for (const pid of place.pids) process.kill(pid, 'SIGTERM')
    },
    dispose: async () => place.kill(),
  }
})

describe('a local server', () => {
  it('is read to the end, however much it writes, and its last lines are kept', async () => {
    const place = new Place()
    const power = place.open({ args: ['server.mjs', 'talks'] })
    await power.start(never)
    // A pipe that nobody reads is full after 64 KiB, and a server that logs stands still.
    await until(async () => (await power.log?.(never))?.length === 200, 'a full log')
    await power.close?.('removed')
    await place.gone()
  })
  it('that ignores its console and SIGTERM is killed in the end', async () => {
    const place = new Place()
    const power = place.open({ args: ['server.mjs', 'stubborn'], shutdown_timeout: '1s' })
    await power.start(never)
    await until(async () => (await power.log?.(never))?.includes('up') === true, 'the server')
    await power.stop(never)
    expect(await state(power)).toBe('stopping')
    await until(async () => (await state(power)) === 'stopped', 'its end')
    await place.gone()
    expect(place.notices.join('\n')).toMatch(/SIGTERM[\s\S]*SIGKILL/)
  })
  it('that ends by itself with an error has crashed, and says how', async () => {
    const place = new Place()
    const power = place.open({ args: ['server.mjs', 'crashes'] })
    await power.start(never)
    await until(async () => (await state(power)) === 'crashed', 'its end')
    const reading = await power.state(never)
    expect(reading.why).toBe('it has ended by itself, with status 3')
  })
  it('waits for its ready_pattern too', async () => {
    const place = new Place()
    const power = place.open({ ready_pattern: 'up' })
    expect(power.mayBeReady?.()).toBe(true)
    await power.start(never)
    await until(() => power.mayBeReady?.() === true, 'the line')
    await power.close?.('removed')
    const late = place.open({ ready_pattern: 'Done (' })
    await late.start(never)
    expect(late.mayBeReady?.()).toBe(false)
    expect(await state(late)).toBe('starting')
    await late.close?.('removed')
  })
  // The proxy was killed: the server went on, and a second one was started in the same folder.
  it('is found again by another proxy, started no second time, and stopped by SIGTERM', async () => {
    const place = new Place()
    const first = place.open()
    await first.start(never)
    await until(() => place.pids.length > 0, 'the server')
    // As a killed proxy leaves it.
    const second = place.open()
    expect(await state(second)).toBe('running')
    await second.start(never)
    expect(place.pids).toHaveLength(1)
    expect(place.notices.join()).toContain('its console is gone, so it will be stopped by SIGTERM')
    await second.stop(never)
    await until(async () => (await state(second)) === 'stopped', 'its end')
    await place.gone()
  })
  // A copied file with another address and the same folder: its start failed, and then it stopped the server of the first one,
  // with everybody on it.
  it('is not stopped by another one with the same working_dir, and is where its own definition is gone', async () => {
    const place = new Place()
    const first = place.open({}, 'survival')
    const copy = place.open({}, 'copy')
    await first.start(never)
    await until(() => place.pids.length > 0, 'the server')
    expect(await state(copy)).toBe('running')
    await copy.start(never)
    await expect(copy.stop(never)).rejects.toThrow('it is left to server "survival"')
    await copy.close?.('removed')
    expect(place.pids.map(isThere)).toEqual([true])
    expect(place.notices).toEqual([
      expect.stringContaining('belongs to server "survival", which has the same working_dir'),
    ])
    await first.close?.('removed')
    await place.gone()
  })
  // A second proxy with the same servers, on another port, took it for one that was left behind, and stopped it at its own end.
  it('is left to the proxy that runs it, and taken over when that has ended', async () => {
    const place = new Place()
    const first = place.open({ stop_with_proxy: false })
    await first.start(never)
    const pid = await poll('the server', () => place.pids[0])
    await first.close?.('shutdown')
    const path = join(place.folder, '.infrarust.lock')
    const lock = JSON.parse(readFileSync(path, 'utf8'))
    expect(lock.proxy).toMatchObject({ pid: process.pid })
    // As the process that runs this test would have written it.
    writeFileSync(path, JSON.stringify({ ...lock, proxy: identify(process.ppid) }))
    const second = place.open()
    expect(await state(second)).toBe('running')
    await expect(second.stop(never)).rejects.toThrow(`it is left to the proxy with process number ${process.ppid}`)
    await second.close?.('shutdown')
    expect(isThere(pid)).toBe(true)
    const third = place.open()
    expect(await state(third)).toBe('running')
    writeFileSync(path, JSON.stringify({ ...lock, proxy: { ...lock.proxy, pid: process.ppid, startedTicks: '1' } }))
    expect(await state(third)).toBe('running')
    expect(JSON.parse(readFileSync(path, 'utf8')).proxy).toMatchObject({ pid: process.pid })
    await third.close?.('shutdown')
    await place.gone()
  })
  it('that was started under another id is stopped where nobody has that id any more', async () => {
    const place = new Place()
    const first = place.open({ stop_with_proxy: false }, 'before')
    await first.start(never)
    await until(() => place.pids.length > 0, 'the server')
    await first.close?.('shutdown')
    const renamed = place.open({}, 'after')
    expect(await state(renamed)).toBe('running')
    await renamed.close?.('removed')
    await place.gone()
  })
  it('is found by its token where the proxy was killed before it wrote the number down', async () => {
    const place = new Place()
    const first = place.open()
    await first.start(never)
    await until(() => place.pids.length > 0, 'the server')
    const path = join(place.folder, '.infrarust.lock')
    const { server, token } = JSON.parse(readFileSync(path, 'utf8'))
    writeFileSync(path, JSON.stringify({ server, token }))
    const second = place.open()
    expect(await state(second)).toBe('running')
    await second.close?.('removed')
    await place.gone()
  })
  it('is not taken for another process with its number', async () => {
    const place = new Place()
    const leader = { pid: process.pid, startedTicks: '1', bootId: 'another' }
    writeFileSync(join(place.folder, '.infrarust.lock'), JSON.stringify({ server: 'a', token: 'f'.repeat(36), leader }))
    expect(await state(place.open())).toBe('stopped')
  })
  it('goes on without the proxy where stop_with_proxy is false, and ends with it otherwise', async () => {
    const place = new Place()
    const power = place.open({ stop_with_proxy: false })
    await power.start(never)
    const pid = await poll('the server', () => place.pids[0])
    await power.close?.('shutdown')
    expect(isThere(pid)).toBe(true)
    const next = place.open()
    expect(await state(next)).toBe('running')
    await next.close?.('shutdown')
    await place.gone()
  })
})
