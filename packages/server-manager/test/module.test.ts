import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readTable } from '@infrarust/core/provider'
import { managerKeys, PowerError, type ServerPower } from '@infrarust/core/server-power'
import { serverPowerContract } from '@infrarust/core/testing'
import { until } from '@infrarust/test-kit'
import { afterAll, describe, expect, it } from 'vitest'
import { type ModuleCode, moduleType } from '../src/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'infrarust-module-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const never = (): AbortSignal => new AbortController().signal
let count = 0

/** Its code, in a file of its own. */
function put(code: string): string {
  const path = join(folder, `power-${count++}.mjs`)
  writeFileSync(path, code)
  return path
}

interface Opened {
  readonly power: ServerPower
  readonly notices: string[]
}

function open(type: string, options: object = {}, code?: ModuleCode): Opened {
  const notices: string[] = []
  const server = { id: 'survival', provider: 'file', key: 'survival', source: 'servers/survival.toml' }
  const context = {
    server,
    folder,
    stateFolder: join(folder, 'state'),
    notice: ({ level, message }: { level: string; message: string }) => void notices.push(`${level}: ${message}`),
  }
  return { power: moduleType(code).open(readTable(managerKeys, { type, options }).value, context), notices }
}

async function failure(work: Promise<unknown>): Promise<string> {
  const thrown: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!(thrown instanceof PowerError)) throw new Error(`no PowerError: ${String(thrown)}`)
  expect(thrown.message).toMatch(/^[^\n]{1,1200}$/)
  return thrown.message
}

/** A server of the process of the test: two powers that were opened by the same options mean the same one. */
const SERVERS = new Map<string, { state: string; starts: number }>()
Object.assign(globalThis, { serversOfTheTest: SERVERS })

const GOOD = `
export const serverPower = ({ key, isBroken }, { server }) => {
  const it = globalThis.serversOfTheTest.get(key)
  return {
    state: async () => {
      if (it.state === 'starting') it.state = 'running'
      if (it.state === 'stopping') it.state = 'stopped'
      return { state: it.state }
    },
    start: () => {
      if (isBroken) throw new Error('out of order')
      if (it.state === 'running' || it.state === 'starting') return
      it.state = 'starting'
      it.starts++
    },
    stop: () => { if (it.state !== 'stopped') it.state = 'stopping' },
    log: () => [server.id, 'two\\nlines', 7],
    check: () => [{ isGood: true, text: 'fine' }, { text: 'not\\nfine' }, null],
    staleMs: 5_000,
    pollMs: 0,
  }
}
`

serverPowerContract('a module', async () => {
  const key = `server-${count}`
  const path = put(GOOD)
  const server = { state: 'stopped', starts: 0 }
  SERVERS.set(key, server)
  return {
    open: () => open(path, { key }).power,
    openBroken: () => open(path, { key, isBroken: true }).power,
    starts: () => server.starts,
    endByItself: async () => {
      server.state = 'crashed'
    },
    dispose: () => Promise.resolve(),
  }
})

describe('a server manager of the operator', () => {
  it('is asked for all that it has, and its answers are bounded lines', async () => {
    SERVERS.set('all', { state: 'stopped', starts: 0 })
    const { power } = open(put(GOOD), { key: 'all' })
    await power.state(never())
    expect(await power.log?.(never())).toEqual(['survival', 'two lines'])
    expect(await power.check?.(never())).toEqual([
      { isGood: true, text: 'fine' },
      { isGood: false, text: 'not fine' },
      { isGood: false, text: 'its module gives no text' },
    ])
    expect(power).toMatchObject({ staleMs: 5_000, pollMs: 100 })
  })
  it('has no log and no checks where its module has none', async () => {
    const { power } = open(put('export default () => ({ state: () => ({ state: "stopped" }), start() {}, stop() {} })'))
    expect(await power.log?.(never())).toBeUndefined()
    expect(await power.check?.(never())).toEqual([])
    expect(power.mayBeReady?.()).toBe(true)
    await power.close?.('shutdown')
  })

  const HOSTILE = `new Proxy(() => {}, { get() { throw 'get' }, ownKeys() { throw 'keys' }, getPrototypeOf() { throw 'proto' } })`
  const made = (state: string): string => `export default () => ({ state() { ${state} }, start() {}, stop() {} })`
  it.each([
    ['export default 1', /exports no function: export default \(options, context\) => /],
    ['export default (', /cannot be loaded: /],
    ['throw new Error("no database")', /cannot be loaded: no database$/],
    ['export default () => { throw new Error("url is missing") }', /cannot be used: url is missing$/],
    ['export default () => ({ state() {} })', /made something without "state", "start" and "stop"$/],
    [`export default () => (${HOSTILE})`, /cannot be used: get$/],
    [
      `export default async () => ({ state() {}, start() {}, stop() {}, onChange() { throw 'on change' } })`,
      /on change$/,
    ],
    [made('throw "a\\ntext"'), /^a text$/],
    [made('throw undefined'), /^undefined$/],
    [made(`throw ${HOSTILE}`), /./],
    [made(`return ${HOSTILE}`), /./],
    [made('return Promise.reject(new Error("outer", { cause: new Error("inner") }))'), /^outer: inner$/],
    [made('return { state: "up" }'), /^its module says that its state is "up"; it is one of running, stopped, /],
    [made('return "running"'), /^its module says that its state is undefined; /],
    [made('return { get state() { throw "in state" } }'), /^in state$/],
  ])('costs nobody a thing but a line, whatever its module is: %s', async (code, told) => {
    expect(await failure(open(put(code)).power.state(never()))).toMatch(told)
  })
  it('is given up with the signal, whether its module heeds it or not', async () => {
    const { power } = open(put(made('return new Promise(() => {})')))
    const over = new AbortController()
    const asked = failure(power.state(over.signal))
    over.abort()
    expect(await asked).toMatch(/ has not answered in time$/)
    // The next one is asked all the same.
    const again = new AbortController()
    const next = failure(power.state(again.signal))
    again.abort()
    await next
  })
  // A module that asks a database while it is made was lost for good by one restart of the database.
  it('is loaded again when it is asked for the next time, as long as that has failed', async () => {
    Object.assign(globalThis, { isAwayForTheTest: true })
    const path = put(`export default () => {
      if (globalThis.isAwayForTheTest) throw new Error('the database is away')
      return { state: () => ({ state: 'stopped' }), start() {}, stop() {} }
    }`)
    const { power } = open(path)
    expect(await failure(power.state(never()))).toBe(`${path} cannot be used: the database is away`)
    Object.assign(globalThis, { isAwayForTheTest: false })
    expect(await power.state(never())).toEqual({ state: 'stopped' })
  })
  it('shows twenty of its notices, each as one line', async () => {
    const path = put(`export default (_, { notice }) => {
      for (let n = 0; n < 100; n++) notice({ level: 'info', message: 'line\\n' + n })
      notice()
      return { state: () => ({ state: 'stopped' }), start() {}, stop() {} }
    }`)
    const { power, notices } = open(path)
    await power.state(never())
    expect(notices).toHaveLength(20)
    expect(notices[0]).toBe('info: line 0')
    expect(notices[19]).toBe('info: line 19; what its module says from now on is left out')
  })
  it('tells when something has happened, and what it throws where nobody asks is a notice', async () => {
    const path = put(`export default () => ({
      state: () => ({ state: 'stopped' }), start() {}, stop() {},
      onChange(listener) { setImmediate(listener) },
      mayBeReady() { throw new Error('not now') },
    })`)
    const { power, notices } = open(path)
    let changes = 0
    power.onChange?.(() => changes++)
    await power.state(never())
    await until(() => changes === 1, 'a change')
    expect(power.mayBeReady?.()).toBe(true)
    expect(notices).toEqual([`warn: ${path} has thrown: not now`])
  })
  it('runs all code of its module as that, and what that calls as ours', async () => {
    const stack: string[] = []
    const seen: string[] = []
    const around = <Result>(name: string, code: () => Result): Result => {
      stack.push(name)
      try {
        return code()
      } finally {
        stack.pop()
      }
    }
    Object.assign(globalThis, { seenByTheTest: (what: string) => seen.push(`${what}: ${stack.at(-1) ?? 'nobody'}`) })
    const path = put(`const seen = globalThis.seenByTheTest
      export default () => {
        seen('factory')
        return {
          state: () => { seen('state'); return { state: 'stopped' } },
          start: () => seen('start'), stop: () => seen('stop'), close: () => seen('close'),
          onChange: (listener) => { seen('onChange'); listener() },
        }
      }`)
    const { power } = open(
      path,
      {},
      {
        run: (whose, code) => around(whose === path ? 'module' : whose, code),
        leave: (code) => around('ours', code),
        signal: (_, signal) => signal,
      },
    )
    power.onChange?.(() => seen.push(`listener: ${stack.at(-1)}`))
    await power.state(never())
    await power.start(never())
    await power.stop(never())
    await power.close?.('removed')
    expect(seen).toEqual([
      'factory: module',
      'onChange: module',
      'listener: ours',
      'state: module',
      'start: module',
      'stop: module',
      'close: module',
    ])
  })
})
