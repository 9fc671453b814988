import { FakePanel, type SeenRequest } from './fake-panel.ts'

type State = 'offline' | 'starting' | 'running' | 'stopping'

/**
 * A Pterodactyl panel with one server, true to what is known of it: it keeps what it says of a server for a while (20 s in
 * the real one), takes a signal with 204 whether or not its node can do something with it, answers 404 for what one may not
 * see, 409 while a server is installed or its node is in maintenance, and 504 where the node is away.
 */
export class FakePterodactyl extends FakePanel {
  readonly serverId = '1a7ce997'
  state: State = 'offline'
  starts = 0
  permissions: readonly string[] = ['control.start', 'control.stop']
  isOwner = false
  isSuspended = false
  isInstalling = false
  isNodeAway = false
  /** A server whose egg waits for a line that never comes. */
  staysStarting = false
  readonly #cacheMs: number
  #cached: { readonly state: State; readonly untilMs: number } | undefined

  constructor(cacheMs: number, isTls = false) {
    super('ptlc_0123456789abcdef', isTls)
    this.#cacheMs = cacheMs
  }

  /** The next question is answered with what is. */
  forget(): void {
    this.#cached = undefined
  }

  protected override answer({ method, path, body, authorization }: SeenRequest): {
    readonly status: number
    readonly json?: object
  } {
    if (authorization !== `Bearer ${this.key}`) return error(401, 'AuthenticationException', 'Unauthenticated.')
    const prefix = `/api/client/servers/${this.serverId}`
    if (!path.startsWith(prefix))
      return error(404, 'NotFoundHttpException', 'The requested resource could not be found on the server.')
    const what = path.slice(prefix.length)
    if (method === 'GET' && what === '') return { status: 200, json: this.#details() }
    if (this.isInstalling)
      return error(
        409,
        'ConflictHttpException',
        'This server has not yet completed its installation process, please try again later.',
      )
    if (method === 'POST' && what === '/power') return this.#power(body)
    if (this.isNodeAway) return NODE_AWAY
    if (method === 'GET' && what === '/resources') return { status: 200, json: this.#resources() }
    return error(405, 'MethodNotAllowedHttpException', 'The method is not supported for this route.')
  }

  #details(): object {
    return {
      object: 'server',
      attributes: { identifier: this.serverId, name: 'Survival', is_suspended: this.isSuspended },
      meta: { is_server_owner: this.isOwner, user_permissions: this.permissions },
    }
  }

  #resources(): object {
    const now = performance.now()
    if (this.#cached === undefined || this.#cached.untilMs <= now)
      this.#cached = { state: this.state, untilMs: now + this.#cacheMs }
    return {
      object: 'stats',
      attributes: {
        current_state: this.#cached.state,
        is_suspended: this.isSuspended,
        resources: { memory_bytes: 0, cpu_absolute: 0, disk_bytes: 1, uptime: 0 },
      },
    }
  }

  #power(body: string): { readonly status: number; readonly json?: object } {
    const { signal } = JSON.parse(body) as { readonly signal: string }
    if (!['start', 'stop', 'restart', 'kill'].includes(signal))
      return error(422, 'ValidationException', 'The selected signal is invalid.')
    if (!this.isOwner && !this.permissions.includes(`control.${signal}`))
      return error(403, 'AuthorizationException', 'This action is unauthorized.')
    if (this.isNodeAway) return NODE_AWAY
    // The node carries it out later; what cannot be done then is told to nobody.
    if (signal === 'start' && this.state === 'offline') {
      this.starts++
      this.state = 'starting'
      if (!this.staysStarting) setTimeout(() => this.#goes('starting', 'running'), 20)
    }
    if (signal === 'stop' && (this.state === 'running' || this.state === 'starting')) {
      this.state = 'stopping'
      setTimeout(() => this.#goes('stopping', 'offline'), 20)
    }
    return { status: 204 }
  }

  #goes(from: State, to: State): void {
    if (this.state === from) this.state = to
  }
}

const NODE_AWAY = error(
  504,
  'DaemonConnectionException',
  'There was an exception while attempting to communicate with the daemon resulting in a HTTP/E_CONN_REFUSED response code.',
)

function error(status: number, code: string, detail: string): { readonly status: number; readonly json: object } {
  return { status, json: { errors: [{ code, status: String(status), detail }] } }
}
