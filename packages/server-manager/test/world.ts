import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Server } from '@infrarust/core'
import { validateServer } from '@infrarust/core/provider'
import {
  type GatewayWake,
  type JoinAnswer,
  PowerError,
  type PowerState,
  type ServerPower,
} from '@infrarust/core/server-power'
import { afterEach } from 'vitest'
import { type Clock, ServerManager } from '../src/index.ts'

const WAKE: GatewayWake = { allow: [], wait: 'hold', perClient: 3, maxStarting: 2, maxWaiting: 256 }

/** The time in the hands of the test. */
class TestClock implements Clock {
  #now = 1_000
  readonly #timers = new Set<{ readonly moment: number; readonly then: () => void }>()

  now(): number {
    return this.#now
  }

  epoch(): number {
    return 1_700_000_000_000 + this.#now
  }

  at(moment: number, then: () => void): () => void {
    const timer = { moment, then }
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }

  /** With all that is under way done in between. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    await settled()
    for (;;) {
      const [next] = [...this.#timers].filter(({ moment }) => moment <= end).sort((a, b) => a.moment - b.moment)
      if (next === undefined) break
      this.#timers.delete(next)
      this.#now = Math.max(this.#now, next.moment)
      next.then()
      await settled()
    }
    this.#now = end
  }
}

/** Everything that waits for promises alone has been done. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
}

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** Servers whose power the test holds in its hands, up as soon as they are started unless told otherwise. */
export class World {
  readonly clock = new TestClock()
  readonly notices: string[] = []
  readonly states = new Map<string, PowerState>()
  readonly starts: string[] = []
  readonly closed: string[] = []
  readonly folder: string
  isSlow = false
  /** How often any of them was asked for its state, and by a list ping. */
  asked = 0
  pinged = 0
  /** What was told, in order. */
  readonly phases: string[] = []
  readonly manager: ServerManager
  #id = 0

  constructor(wake: Partial<GatewayWake> = {}, folder = mkdtempSync(join(tmpdir(), 'infrarust-manager-'))) {
    this.folder = folder
    folders.push(folder)
    this.manager = new ServerManager({
      wake: { ...WAKE, ...wake },
      types: [{ type: 'command', codeFolder: '', open: ({ start }, { server }) => this.#power(server.id, start) }],
      stateFolder: folder,
      baseDir: folder,
      notice: ({ message }) => this.notices.push(message),
      clock: this.clock,
      cameUp: () => undefined,
      phaseChanged: ({ id }, from, phase) => this.phases.push(`${id} ${from} ${phase}`),
      ping: async (server) => {
        this.pinged++
        const isUp = !this.isSlow && this.states.get(server.id) === 'running'
        return { isUp, players: 0, status: { kind: 'failed', message: '' } }
      },
    })
  }

  /** Another power than that of `a` says by which it was started. */
  #power(id: string, [by = 'a']: readonly string[] = []): ServerPower {
    return {
      state: async () => {
        this.asked++
        if (by === 'denied') throw new PowerError('denied', 'the key is wrong')
        return { state: this.states.get(id) ?? 'stopped' }
      },
      start: async () => {
        this.starts.push(by === 'a' ? id : `${id} by ${by}`)
        this.states.set(id, 'running')
      },
      stop: async () => void this.states.set(id, 'stopped'),
      close: async (why) => void this.closed.push(`${id} ${why}`),
    }
  }

  async serve(...servers: readonly Server[]): Promise<void> {
    this.manager.useServers(servers)
    await this.clock.advance(0)
  }

  join(
    serverId: string,
    client = '203.0.113.7',
    name = 'Steve',
    id = ++this.#id,
  ): JoinAnswer & { readonly id: number } {
    const player = { name, claimedUuid: undefined }
    return { ...this.manager.join({ id, serverId, client, player, canWait: true }), id }
  }

  leave(id: number, relay?: number): void {
    this.manager.released({ id }, { reason: 'client_closed', ms: { relay } })
  }

  phase(id: string): string | undefined {
    return this.manager.sight(id)?.phase
  }
}

export function server(
  id: string,
  changes: { readonly manager?: object; readonly wake?: object; readonly more?: object } = {},
): Server {
  const manager = { type: 'command', start: ['a'], stop: ['b'], min_online: '0s', ...changes.manager }
  const values = {
    domains: [`${id}.example.com`],
    addresses: ['10.0.0.1:1'],
    server_manager: manager,
    wake: changes.wake ?? {},
    ...changes.more,
  }
  const read = validateServer({ key: id, source: `servers/${id}.toml`, values }, 'file', 'operator')
  if (!('server' in read)) throw new Error(JSON.stringify(read))
  return read.server
}
