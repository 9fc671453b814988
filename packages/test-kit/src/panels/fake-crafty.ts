import { FakePanel, type SeenRequest } from './fake-panel.ts'

/**
 * A Crafty Controller with one server, true to what is known of it: what it says of a server is the last line of a table that
 * is written now and then (every 30 s in the real one); an order is queued whatever it is called, and answered with `ok`; who
 * may not reads NOT_AUTHORIZED with status 400; an unknown key is answered 403.
 */
export class FakeCrafty extends FakePanel {
  readonly serverId = '0b3f0b4e-7f3a-4a9e-9d2e-0c5f0a7d7b11'
  isRunning = false
  hasCrashed = false
  isUpdating = false
  isWaiting = false
  starts = 0
  mayCommand = true
  /** A start that ends at once. */
  failsToStart = false
  /** What came to the console of the server. */
  readonly console: string[] = []
  readonly #everyMs: number
  #row: object = {}
  #timer: NodeJS.Timeout

  constructor(everyMs: number, isTls = true) {
    super('eyJhbGciOiJIUzI1NiJ9.e30.crafty-key', isTls)
    this.#everyMs = everyMs
    this.look()
    this.#timer = setInterval(() => this.look(), this.#everyMs)
  }

  /** Writes the line that is told from now on. */
  look(): void {
    this.#row = {
      running: this.isRunning,
      crashed: this.hasCrashed,
      updating: this.isUpdating,
      waiting_start: this.isWaiting,
      int_ping_results: String(this.isRunning),
      online: 0,
      players: '[]',
    }
  }

  override async stop(): Promise<void> {
    clearInterval(this.#timer)
    await super.stop()
  }

  protected override answer({ method, path, body, authorization }: SeenRequest): {
    readonly status: number
    readonly json: object
  } {
    if (authorization !== `Bearer ${this.key}`)
      return { status: 403, json: { status: 'error', error: 'ACCESS_DENIED', info: 'You were denied access' } }
    const prefix = `/api/v2/servers/${this.serverId}/`
    if (!path.startsWith(prefix)) return NOT_AUTHORIZED
    const what = path.slice(prefix.length)
    if (method === 'GET' && what === 'stats') return { status: 200, json: { status: 'ok', data: this.#row } }
    if (method !== 'POST') return { status: 404, json: { status: 'error', error: 'NOT_FOUND' } }
    if (!this.mayCommand) return NOT_AUTHORIZED
    if (what === 'stdin') {
      if (!this.isRunning) return { status: 200, json: { status: 'error', error: 'SERVER_NOT_RUNNING' } }
      this.console.push(body)
    }
    setTimeout(() => this.#carryOut(what), 10)
    return { status: 200, json: { status: 'ok' } }
  }

  #carryOut(order: string): void {
    if (order === 'action/start_server' && !this.isRunning) {
      this.starts++
      this.isRunning = !this.failsToStart
    } else if (order === 'action/stop_server') this.isRunning = false
    else if (order.startsWith('action/') && order !== 'action/start_server') this.console.push(order)
  }
}

const NOT_AUTHORIZED = { status: 400, json: { status: 'error', error: 'NOT_AUTHORIZED' } }
