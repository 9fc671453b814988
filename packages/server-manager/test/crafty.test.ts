import { PowerError } from '@infrarust/core/server-power'
import { serverPowerContract } from '@infrarust/core/testing'
import { CERTIFICATE_FILE, FakeCrafty, type Oddity } from '@infrarust/test-kit/panels'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CraftyPower } from '../src/crafty/crafty-power.ts'

/** What takes 30 s in the real one, where a test waits for it; elsewhere the test says when it is over. */
const SHORT_EVERY_MS = 150
const LONG_MS = 3_600_000
const never = (): AbortSignal => new AbortController().signal

serverPowerContract('crafty', async () => {
  const panel = await new FakeCrafty(SHORT_EVERY_MS).listen()
  const options = panel.options({ caFile: CERTIFICATE_FILE })
  return {
    open: () => new CraftyPower(options, panel.serverId),
    openBroken: () => new CraftyPower({ ...options, apiUrl: 'https://127.0.0.1:1' }, panel.serverId),
    starts: () => panel.starts,
    endByItself: async () => {
      panel.isRunning = false
    },
    secret: panel.key,
    dispose: () => panel.stop(),
  }
})

describe('Crafty', () => {
  let panel: FakeCrafty
  beforeEach(async () => {
    panel = await new FakeCrafty(LONG_MS).listen()
  })
  afterEach(() => panel.stop())
  const power = (serverId = panel.serverId, changed = {}) =>
    new CraftyPower(panel.options({ caFile: CERTIFICATE_FILE, ...changed }), serverId)
  const failure = async (work: Promise<unknown>): Promise<PowerError> => {
    const thrown: unknown = await work.then(
      () => undefined,
      (error: unknown) => error,
    )
    if (!(thrown instanceof PowerError)) throw new Error(`no PowerError: ${String(thrown)}`)
    expect(thrown.message).toMatch(/^[^\n]{5,1000}$/)
    expect(`${thrown.message} ${JSON.stringify(thrown)}`).not.toContain(panel.key)
    return thrown
  }

  it('is given the two orders that it knows, and no other: it would take any', async () => {
    const subject = power()
    await subject.start(never())
    await vi.waitFor(() => expect(panel.isRunning).toBe(true))
    panel.look()
    await subject.stop(never())
    const path = `/api/v2/servers/${panel.serverId}/action`
    expect(panel.orders()).toEqual([`${path}/start_server `, `${path}/stop_server `])
    expect(panel.console).toEqual([])
  })

  // An order is answered with ok before anybody knows whether it can be carried out.
  it('takes a start that fails, and only the state tells', async () => {
    panel.failsToStart = true
    const subject = power()
    await subject.start(never())
    await vi.waitFor(() => expect(panel.starts).toBe(1))
    panel.look()
    expect(await subject.state(never())).toEqual({ state: 'stopped' })
  })

  it('says that a server has crashed, is updated, or waits', async () => {
    panel.hasCrashed = true
    panel.look()
    expect(await power().state(never())).toMatchObject({
      state: 'crashed',
      why: expect.stringContaining('has crashed'),
    })
    panel.hasCrashed = false
    panel.isUpdating = true
    panel.look()
    expect(await power().state(never())).toMatchObject({ state: 'unknown', why: expect.stringContaining('updated') })
    panel.isUpdating = false
    panel.isWaiting = true
    panel.look()
    expect(await power().state(never())).toEqual({ state: 'starting' })
  })
  it('is asked right before a stop, and what somebody else has just started is left alone', async () => {
    panel.isWaiting = true
    panel.look()
    expect(await failure(power().stop(never()))).toMatchObject({ code: 'busy' })
    expect(panel.orders()).toEqual([])
  })

  // It answers 400, as to a request that is not well formed.
  it('refuses a key whose user has no Commands for the server', async () => {
    panel.mayCommand = false
    expect(await failure(power().start(never()))).toMatchObject({
      code: 'denied',
      message: expect.stringMatching(/answers 400 \(NOT_AUTHORIZED\): .* has no role with Commands for it/),
    })
  })
  it('refuses a server that it does not have in the same way', async () => {
    expect(await failure(power('1').state(never()))).toMatchObject({
      code: 'denied',
      message: expect.stringContaining('may not see the server "1"'),
    })
  })
  it('does not take another key', async () => {
    const error = await failure(power(panel.serverId, { apiKey: 'other-key' }).start(never()))
    expect(error).toMatchObject({ code: 'denied', message: expect.stringContaining('it does not take the key') })
    expect(error.message).not.toContain('other-key')
  })

  const odd: readonly (readonly [string, Oddity, RegExp])[] = [
    ['the page of a login', { kind: 'answer', status: 200, body: '<html>' }, /is api_url the address of Crafty/],
    ['no ok', { kind: 'answer', status: 200, body: '{"status":"error","error":"X"}' }, /answers 200 \(X\)/],
    ['too much', { kind: 'endless' }, /longer than 64 KiB/],
    [
      'another address',
      { kind: 'answer', status: 301, body: '', location: '/panel/login' },
      /sends on to \/panel\/login/,
    ],
    ['an error of its own', { kind: 'answer', status: 500, body: '' }, /answers 500$/],
  ]
  it.each(odd)('may answer with %s', async (_title, oddity, message) => {
    panel.oddity = oddity
    expect((await failure(power().start(never()))).message).toMatch(message)
  })
  it('has not looked at a new server yet', async () => {
    panel.oddity = { kind: 'answer', status: 200, body: '{"status":"ok","data":null}' }
    expect(await power().state(never())).toMatchObject({ state: 'unknown' })
  })

  it('is checked without an order, and without a line for a console that runs', async () => {
    expect(await power().check(never())).toEqual([
      { isGood: true, text: 'the panel knows the server' },
      { isGood: true, text: 'the key may start and stop it' },
    ])
    panel.mayCommand = false
    expect(await power().check(never())).toContainEqual({
      isGood: false,
      text: expect.stringContaining('has no role with Commands'),
    })
    panel.isRunning = true
    panel.look()
    expect(await power().check(never())).toContainEqual({
      isGood: true,
      text: expect.stringContaining('while it is stopped only'),
    })
    expect([panel.starts, panel.console]).toEqual([0, []])
  })
})
