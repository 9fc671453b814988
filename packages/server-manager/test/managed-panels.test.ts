import type { Server } from '@infrarust/core'
import { validateServer } from '@infrarust/core/provider'
import type { ServerPhase } from '@infrarust/core/server-power'
import { folderWith, until } from '@infrarust/test-kit'
import { CERTIFICATE_FILE, FakeCrafty, FakePterodactyl } from '@infrarust/test-kit/panels'
import { afterEach, describe, expect, it } from 'vitest'
import { crafty, pterodactyl, ServerManager } from '../src/index.ts'

/** As long as the tests run: what a panel says never becomes younger by itself. */
const LONG_MS = 3_600_000
const WAKE = { allow: [], wait: 'hold', perClient: 0, maxStarting: 10, maxWaiting: 256 } as const

/** Servers of panels under the real manager; whether one answers a list ping is said by its panel's fake. */
class Managed {
  readonly manager: ServerManager
  readonly notices: string[] = []
  readonly #answers = new Map<string, () => boolean>()
  #ids = 0

  constructor(stateFolder = folderWith({})) {
    this.manager = new ServerManager({
      wake: WAKE,
      types: [pterodactyl, crafty],
      stateFolder,
      baseDir: '/',
      ping: async ({ id }) =>
        this.#answers.get(id)?.() === true
          ? { isUp: true, players: 0, status: { kind: 'status', json: '{}' } }
          : { isUp: false, players: undefined, status: { kind: 'failed', message: 'is not there' } },
      cameUp: () => {},
      notice: ({ message }) => this.notices.push(message),
    })
  }

  use(...servers: readonly { readonly server: Server; readonly answers: () => boolean }[]): void {
    for (const { server, answers } of servers) this.#answers.set(server.id, answers)
    this.manager.useServers(servers.map(({ server }) => server))
  }

  phase(id: string): ServerPhase | undefined {
    return this.manager.sight(id)?.phase
  }

  async is(id: string, phase: ServerPhase): Promise<void> {
    await until(
      () => this.phase(id) === phase,
      `${id} to be ${phase}`,
      () => `${this.phase(id)}\n${this.notices.join('\n')}`,
    )
  }

  /** Joins, and waits as long as it takes. */
  async joined(serverId: string): Promise<string> {
    const player = { name: 'Steve', claimedUuid: undefined }
    const id = ++this.#ids
    for (;;) {
      const answer = this.manager.join({ id, serverId, client: '192.0.2.1', player, canWait: true })
      if (answer.kind !== 'wait') return answer.kind === 'refused' ? answer.reason : answer.kind
      await answer.done
    }
  }
}

function serverOf(id: string, manager: object): Server {
  const values = {
    domains: [`${id}.example.com`],
    addresses: ['127.0.0.1:1'],
    server_manager: { start_timeout: '60s', shutdown_after: '1s', min_online: '0s', ...manager },
  }
  const validated = validateServer({ key: id, source: `servers/${id}.toml`, values }, 'file', 'operator')
  if ('problems' in validated) throw new Error(JSON.stringify(validated.problems))
  return validated.server
}

const ofPterodactyl = (id: string, panel: FakePterodactyl, more: object = {}) => ({
  server: serverOf(id, {
    type: 'pterodactyl',
    api_url: panel.options().apiUrl,
    api_key: panel.key,
    server_id: panel.serverId,
    ...more,
  }),
  answers: () => panel.state === 'running',
})

describe('servers of panels', { timeout: 60_000 }, () => {
  const over: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const stop of over.splice(0).reverse()) await stop()
  })
  const managed = (stateFolder?: string): Managed => {
    const made = new Managed(stateFolder)
    over.push(() => made.manager.close())
    return made
  }
  const panelOf = async <Panel extends FakePterodactyl | FakeCrafty>(panel: Panel): Promise<Panel> => {
    await panel.listen()
    over.push(() => panel.stop())
    return panel
  }

  // `/resources` goes on saying "offline" for 20 s after the start, which was taken for a crash.
  it('are up when they answer, whatever Pterodactyl still says', async () => {
    const panel = await panelOf(new FakePterodactyl(LONG_MS))
    const subject = managed()
    subject.use(ofPterodactyl('a', panel, { shutdown_after: '1h' }))
    await subject.is('a', 'sleeping')
    expect(await subject.joined('a')).toBe('up')
    expect([panel.starts, subject.phase('a')]).toEqual([1, 'online'])
  })
  it('are up when they answer, although their egg waits for a line for ever', async () => {
    const panel = await panelOf(new FakePterodactyl(0))
    panel.staysStarting = true
    const subject = managed()
    const { server } = ofPterodactyl('a', panel, { shutdown_after: '1h' })
    subject.use({ server, answers: () => panel.state === 'starting' })
    await subject.is('a', 'sleeping')
    expect(await subject.joined('a')).toBe('up')
  })
  it('are up when they answer, whatever Crafty still says', async () => {
    const panel = await panelOf(new FakeCrafty(LONG_MS))
    const subject = managed()
    const { apiUrl: api_url } = panel.options()
    const server = serverOf('a', {
      ...{ type: 'crafty', api_url, api_key: panel.key, server_id: panel.serverId },
      ...{ ca_file: CERTIFICATE_FILE, shutdown_after: '1h' },
    })
    subject.use({ server, answers: () => panel.isRunning })
    await subject.is('a', 'sleeping')
    expect(await subject.joined('a')).toBe('up')
    expect(panel.starts).toBe(1)
  })

  it('are started once for all who wait', async () => {
    const panel = await panelOf(new FakePterodactyl(0))
    const subject = managed()
    subject.use(ofPterodactyl('a', panel))
    await subject.is('a', 'sleeping')
    expect(await Promise.all([1, 2, 3].map(() => subject.joined('a')))).toEqual(['up', 'up', 'up'])
    expect(panel.orders().filter((order) => order.includes('start'))).toHaveLength(1)
  })
  it('are not started where somebody else is doing so', async () => {
    const panel = await panelOf(new FakePterodactyl(0))
    const subject = managed()
    subject.use(ofPterodactyl('a', panel))
    await subject.is('a', 'sleeping')
    panel.state = 'starting'
    const joined = subject.joined('a')
    await subject.is('a', 'starting')
    panel.state = 'running'
    expect(await joined).toBe('up')
    expect(panel.orders()).toEqual([])
  })
  // The panel still says that it is offline.
  it('are started once where the proxy is started again right after the order', async () => {
    const panel = await panelOf(new FakePterodactyl(LONG_MS))
    const folder = folderWith({})
    const first = managed(folder)
    let isUp = false
    const { server } = ofPterodactyl('a', panel, { shutdown_after: '1h' })
    first.use({ server, answers: () => isUp })
    await first.is('a', 'sleeping')
    void first.joined('a')
    await until(() => panel.starts === 1, 'the order')
    const next = managed(folder)
    next.use({ server, answers: () => isUp })
    const joined = next.joined('a')
    await next.is('a', 'starting')
    isUp = true
    expect(await joined).toBe('up')
    expect(panel.orders()).toHaveLength(1)
  })
  it('say in the words of the panel why they cannot be started', async () => {
    const panel = await panelOf(new FakePterodactyl(0))
    panel.permissions = []
    const subject = managed()
    subject.use(ofPterodactyl('a', panel))
    await subject.is('a', 'sleeping')
    expect(await subject.joined('a')).toBe('wake_failed')
    expect(subject.notices.join('\n')).toContain('answers 403 (This action is unauthorized.)')
    expect(subject.notices.join('\n')).not.toContain(panel.key)
  })

  it('say once that their panel cannot be asked, before anybody waits for them', async () => {
    const panel = await panelOf(new FakePterodactyl(0))
    const subject = managed()
    subject.use(ofPterodactyl('a', panel, { api_key: 'ptlc_wrong' }))
    await until(
      () => panel.requests.length >= 2,
      'a second question',
      () => '',
      30_000,
    )
    const told = subject.notices.filter((notice) => notice.includes('it does not take the key'))
    expect(told).toEqual([expect.stringMatching(/^server "a" cannot be asked for its state: /)])
  })

  // Each server of a panel is asked for by itself, and none waits for another one.
  it('of other panels are started while one panel hangs', async () => {
    const [good, hanging] = [await panelOf(new FakePterodactyl(0)), await panelOf(new FakePterodactyl(0))]
    hanging.oddity = { kind: 'silent' }
    const subject = managed()
    const many = Array.from({ length: 20 }, (_, index) => ofPterodactyl(`hanging-${index}`, hanging))
    subject.use(...many, ofPterodactyl('good', good))
    await subject.is('good', 'sleeping')
    await until(() => hanging.requests.length >= many.length, 'all of the others ask')
    expect(await subject.joined('good')).toBe('up')
    // Ten seconds have not passed: none of the others has been given up yet.
    expect(many.map(({ server }) => subject.phase(server.id))).toEqual(many.map(() => 'unknown'))
  })
})
