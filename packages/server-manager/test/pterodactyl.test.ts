import { readTable } from '@infrarust/core/provider'
import { managerKeys, PowerError } from '@infrarust/core/server-power'
import { serverPowerContract } from '@infrarust/core/testing'
import { CERTIFICATE_FILE, FakePterodactyl, type Oddity } from '@infrarust/test-kit/panels'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { crafty, pterodactyl } from '../src/index.ts'
import { PterodactylPower } from '../src/pterodactyl/pterodactyl-power.ts'

/** What takes 20 s in the real one, where a test waits for it; elsewhere the test says when it is over. */
const SHORT_CACHE_MS = 200
const LONG_MS = 3_600_000
const never = (): AbortSignal => new AbortController().signal

serverPowerContract('pterodactyl', async () => {
  const panel = await new FakePterodactyl(SHORT_CACHE_MS).listen()
  return {
    open: () => new PterodactylPower(panel.options(), panel.serverId),
    openBroken: () => new PterodactylPower(panel.options({ apiUrl: 'http://127.0.0.1:1' }), panel.serverId),
    starts: () => panel.starts,
    endByItself: async () => {
      panel.state = 'offline'
    },
    secret: panel.key,
    dispose: () => panel.stop(),
  }
})

describe.each([pterodactyl, crafty])('a panel of type = "$type"', (type) => {
  // The key was read, and nothing looked at it.
  it('is asked as often as poll_interval says, and keeps no lines of its servers', () => {
    const written = {
      type: type.type,
      api_url: 'http://127.0.0.1:1',
      api_key: 'k',
      server_id: 's',
      poll_interval: '7s',
    }
    const server = { id: 'a', provider: 'file', key: 'a', source: 'servers/a.toml' }
    const context = { server, folder: '/', stateFolder: '/nowhere', notice: () => undefined }
    const power = type.open(readTable(managerKeys, written).value, context)
    expect(power.pollMs).toBe(7_000)
    expect(power.log).toBeUndefined()
  })
})

describe('a Pterodactyl panel', () => {
  let panel: FakePterodactyl
  beforeEach(async () => {
    panel = await new FakePterodactyl(LONG_MS).listen()
  })
  afterEach(() => panel.stop())

  const power = (serverId = panel.serverId, changed = {}) => new PterodactylPower(panel.options(changed), serverId)
  const failure = async (work: Promise<unknown>): Promise<{ readonly code: string; readonly message: string }> => {
    const thrown: unknown = await work.then(
      () => undefined,
      (error: unknown) => error,
    )
    if (!(thrown instanceof PowerError)) throw new Error(`no PowerError: ${String(thrown)}`)
    expect(thrown.message).toMatch(/^[^\n]{5,1000}$/)
    expect(`${thrown.message} ${JSON.stringify(thrown)}`).not.toContain(panel.key)
    return thrown
  }

  it('is told no other signal than start and stop, with the key in the header', async () => {
    const subject = power()
    await subject.start(never())
    await vi.waitFor(() => expect(panel.state).toBe('running'))
    panel.forget()
    expect(await subject.state(never())).toEqual({ state: 'running' })
    await subject.stop(never())
    const path = `/api/client/servers/${panel.serverId}/power`
    expect(panel.orders()).toEqual([`${path} {"signal":"start"}`, `${path} {"signal":"stop"}`])
    expect(new Set(panel.requests.map(({ authorization }) => authorization))).toEqual(new Set([`Bearer ${panel.key}`]))
  })

  // A signal that comes while the node still stops the server is taken with 204 and lost.
  it('takes an order that its node does not carry out, and only the state tells', async () => {
    panel.state = 'stopping'
    const subject = power()
    await subject.start(never())
    panel.state = 'offline'
    expect(await subject.state(never())).toEqual({ state: 'stopped' })
    expect(panel.starts).toBe(0)
  })
  it('says that a server starts for as long as its egg waits for a line', async () => {
    panel.staysStarting = true
    const subject = power()
    await subject.start(never())
    for (let look = 0; look < 5; look++) {
      panel.forget()
      expect(await subject.state(never())).toEqual({ state: 'starting' })
    }
  })

  // Two proxies may hold one server: what one puts to sleep the other may just have woken.
  it('is asked right before a stop, and what somebody else has just started is left alone', async () => {
    panel.state = 'starting'
    const subject = power()
    expect(await failure(subject.stop(never()))).toMatchObject({
      code: 'busy',
      message: 'somebody else has just started the server; it is left as it is',
    })
    expect(panel.orders()).toEqual([])
    expect(panel.requests.at(-1)?.path).toMatch(/\/resources$/)
  })
  it('is not told to stop what is stopped', async () => {
    await power().stop(never())
    expect(panel.orders()).toEqual([])
  })

  const refusals: readonly (readonly [string, () => void, string, RegExp])[] = [
    [
      'a server that is being installed',
      () => {
        panel.isInstalling = true
      },
      'busy',
      /answers 409 \(This server has not yet completed its installation process.*\): the server is being installed/,
    ],
    [
      'a node that is away',
      () => {
        panel.isNodeAway = true
      },
      'unreachable',
      /answers 504 \(There was an exception.*\): the panel or the node of the server \(Wings\) is away/,
    ],
    [
      'a key without the permission',
      () => {
        panel.permissions = ['websocket.connect']
      },
      'denied',
      /answers 403 \(This action is unauthorized\.\); the user of the key needs control\.start and control\.stop/,
    ],
  ]
  it.each(refusals)('says what is wrong with %s', async (_title, arrange, code, message) => {
    arrange()
    const { code: found, message: said } = await failure(power().start(never()))
    expect(found).toBe(code)
    expect(said).toMatch(message)
    expect(panel.starts).toBe(0)
  })
  it('answers 404 for a server that it does not show', async () => {
    expect(await failure(power('other').state(never()))).toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('it has no server "other", or the user of the key may not see it'),
    })
  })
  it.each([
    ['ptlc_wrong', 'make a client key (ptlc_…) under Account, API Credentials'],
    ['ptla_0123', 'api_key is an application key (ptla_…)'],
  ])('does not take the key %s', async (apiKey, hint) => {
    const error = await failure(power(panel.serverId, { apiKey }).start(never()))
    expect(error).toMatchObject({ code: 'denied', message: expect.stringContaining(hint) })
    expect(error.message).not.toContain(apiKey)
  })
  it('never gets a key that no header takes', async () => {
    const error = await failure(power(panel.serverId, { apiKey: 'ptlc_a\r\nx-evil: 1' }).start(never()))
    expect(error).toMatchObject({ code: 'denied', message: expect.not.stringContaining('evil') })
    expect(panel.requests).toEqual([])
  })
  it('keeps a suspended server unknown', async () => {
    panel.isSuspended = true
    expect(await power().state(never())).toEqual({
      state: 'unknown',
      why: 'the panel says that the server is suspended',
    })
  })

  const odd: readonly (readonly [string, Oddity, RegExp])[] = [
    [
      'a page',
      { kind: 'answer', status: 200, body: '<html>Welcome</html>' },
      /is api_url the address of a Pterodactyl/,
    ],
    ['nonsense', { kind: 'answer', status: 200, body: '"x"' }, /^nothing$/],
    ['another state', { kind: 'answer', status: 200, body: '{"attributes":{"current_state":["x"]}}' }, /^nothing$/],
    ['too much', { kind: 'endless' }, /longer than 64 KiB/],
    [
      'another address',
      { kind: 'answer', status: 302, body: '', location: 'https://evil.example.com/' },
      /it sends on to https:\/\/evil\.example\.com\/; write its own address/,
    ],
    ['429', { kind: 'answer', status: 429, body: '{}' }, /it is asked too often; write a longer poll_interval/],
  ]
  it.each(odd)('may answer with %s', async (_title, oddity, message) => {
    panel.oddity = oddity
    if (message.source === '^nothing$') {
      expect(await power().state(never())).toMatchObject({ state: 'unknown' })
      return
    }
    const { message: said } = await failure(power().state(never()))
    expect(said).toMatch(message)
  })
  it('may repeat the key in what it says, and nobody reads it', async () => {
    const body = JSON.stringify({ errors: [{ detail: `Bearer ${panel.key}\nis wrong` }] })
    panel.oddity = { kind: 'answer', status: 400, body }
    expect((await failure(power().start(never()))).message).toContain('(Bearer … is wrong)')
  })
  it('that is silent is given up when nobody waits any more', async () => {
    panel.oddity = { kind: 'silent' }
    const over = new AbortController()
    const asked = power().state(over.signal)
    await vi.waitFor(() => expect(panel.requests).toHaveLength(1))
    over.abort(new Error('given up'))
    await expect(asked).rejects.toThrow('given up')
  })
  it('that is silent is given up by itself', { timeout: 60_000 }, async () => {
    panel.oddity = { kind: 'silent' }
    expect(await failure(power().state(never()))).toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('no answer within 10 s'),
    })
  })

  it('is checked without an order', async () => {
    expect(await power().check(never())).toEqual([
      { isGood: true, text: 'the panel knows the server, as "Survival"' },
      { isGood: true, text: 'the key may start and stop it' },
    ])
    panel.permissions = ['control.start']
    expect(await power().check(never())).toContainEqual({
      isGood: false,
      text: 'the user of the key lacks control.stop; add it under Users of the server',
    })
    panel.isOwner = true
    expect((await power().check(never())).every(({ isGood }) => isGood)).toBe(true)
    expect(panel.orders()).toEqual([])
  })
})

describe('a panel with a certificate of its own', () => {
  it('is reached with its ca_file or insecure, and with nothing else', async () => {
    const panel = await new FakePterodactyl(LONG_MS, true).listen()
    const state = (changed: object) => new PterodactylPower(panel.options(changed), panel.serverId).state(never())
    try {
      await expect(state({})).rejects.toThrow(/nobody known has signed its certificate; write the file .* as ca_file/)
      expect(panel.requests).toEqual([])
      expect(await state({ caFile: CERTIFICATE_FILE })).toEqual({ state: 'stopped' })
      expect(await state({ caFile: 'cert.pem', folder: CERTIFICATE_FILE.replace(/\/[^/]*$/, '') })).toEqual({
        state: 'stopped',
      })
      expect(await state({ insecure: true })).toEqual({ state: 'stopped' })
      await expect(state({ caFile: '/nowhere.pem' })).rejects.toThrow('ca_file cannot be read: ')
      // All of it was read, which never ends.
      await expect(state({ caFile: '/dev/zero' })).rejects.toThrow(
        'ca_file cannot be read: Error: it is no regular file',
      )
      await expect(state({ apiUrl: `http://localhost:${panel.port}` })).rejects.toBeInstanceOf(PowerError)
    } finally {
      await panel.stop()
    }
  })
})
