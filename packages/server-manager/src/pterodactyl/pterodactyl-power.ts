import { type PowerCheck, PowerError, type PowerReading, type ServerPower } from '@infrarust/core/server-power'
import { at, textAt } from '../panel/json.ts'
import { type PanelAnswer, PanelClient, type PanelOptions } from '../panel/panel-client.ts'
import { plainHttp } from '../panel/plain-http.ts'

/** Of a key for the whole panel, which the API of its users does not take. */
const APPLICATION_KEY = 'ptla_'

/**
 * A server of a Pterodactyl or Pelican panel, by the API of its users.
 *
 * @see https://dashflo.net/docs/api/pterodactyl/v1/
 */
export class PterodactylPower implements ServerPower {
  readonly #client: PanelClient
  readonly #options: PanelOptions
  readonly #serverId: string
  #hasStarted = false

  constructor(options: PanelOptions, serverId: string) {
    this.#options = options
    this.#client = new PanelClient(options)
    this.#serverId = serverId
  }

  async state(signal: AbortSignal): Promise<PowerReading> {
    const answer = await this.#ask('GET', '/resources', undefined, signal)
    const attributes = at(answer.json, 'attributes')
    if (at(attributes, 'is_suspended') === true)
      return { state: 'unknown', why: 'the panel says that the server is suspended' }
    return readingOf(textAt(attributes, 'current_state'))
  }

  async start(signal: AbortSignal): Promise<void> {
    await this.#power('start', signal)
  }

  async stop(signal: AbortSignal): Promise<void> {
    const { state } = await this.state(signal)
    if (state === 'stopped' || state === 'stopping' || state === 'crashed') return
    if (state === 'starting' && !this.#hasStarted)
      throw new PowerError('busy', 'somebody else has just started the server; it is left as it is')
    await this.#power('stop', signal)
  }

  async check(signal: AbortSignal): Promise<readonly PowerCheck[]> {
    const { json } = await this.#ask('GET', '', undefined, signal)
    const permissions = at(json, 'meta', 'user_permissions')
    const granted = new Set(Array.isArray(permissions) ? permissions : [])
    const isOwner = at(json, 'meta', 'is_server_owner') === true
    const missing = ['control.start', 'control.stop'].filter(
      (each) => !isOwner && !granted.has('*') && !granted.has(each),
    )
    const name = this.#client.withoutKey(textAt(json, 'attributes', 'name') ?? this.#serverId)
    return [
      { isGood: true, text: `the panel knows the server, as "${name}"` },
      missing.length === 0
        ? { isGood: true, text: 'the key may start and stop it' }
        : {
            isGood: false,
            text: `the user of the key lacks ${missing.join(' and ')}; add it under Users of the server`,
          },
      ...plainHttp(this.#options.apiUrl),
    ]
  }

  async #power(signal: 'start' | 'stop', abortSignal: AbortSignal): Promise<void> {
    await this.#ask('POST', '/power', JSON.stringify({ signal }), abortSignal)
    this.#hasStarted = signal === 'start'
  }

  async #ask(
    method: 'GET' | 'POST',
    path: string,
    body: string | undefined,
    signal: AbortSignal,
  ): Promise<PanelAnswer> {
    const ofServer = `/api/client/servers/${encodeURIComponent(this.#serverId)}${path}`
    const answer = await this.#client.ask(method, ofServer, body, signal)
    if (answer.status === 204 || (answer.status === 200 && answer.json !== undefined)) return answer
    throw this.#refusal(answer)
  }

  #refusal({ status, json }: PanelAnswer): PowerError {
    const detail = this.#client.withoutKey(textAt(json, 'errors', 0, 'detail') ?? '')
    const said = `${this.#client.place} answers ${status}${detail === '' ? '' : ` (${detail})`}`
    const isApplicationKey = this.#options.apiKey.startsWith(APPLICATION_KEY)
    const key = isApplicationKey
      ? 'api_key is an application key (ptla_…); make a client key (ptlc_…) under Account, API Credentials'
      : 'make a client key (ptlc_…) under Account, API Credentials, and write it as api_key'
    switch (status) {
      case 401:
        return new PowerError('denied', `${said}: it does not take the key; ${key}`)
      case 403:
        return isApplicationKey
          ? new PowerError('denied', `${said}; ${key}`)
          : new PowerError(
              'denied',
              `${said}; the user of the key needs control.start and control.stop for this server`,
            )
      case 404:
        return new PowerError(
          'not-found',
          `${said}: it has no server "${this.#serverId}", or the user of the key may not see it; see server_id`,
        )
      case 409:
        return new PowerError(
          'busy',
          `${said}: the server is being installed, moved or restored, or its node is in maintenance`,
        )
      case 429:
        return new PowerError('busy', `${said}: it is asked too often; write a longer poll_interval`)
      default:
        if (status >= 500)
          return new PowerError('unreachable', `${said}: the panel or the node of the server (Wings) is away`)
        return new PowerError('failed', `${said}; is api_url the address of a Pterodactyl or Pelican panel?`)
    }
  }
}

/** `offline` is also what a panel says of a server whose node it cannot ask. */
function readingOf(word: string | undefined): PowerReading {
  switch (word) {
    case 'running':
    case 'starting':
    case 'stopping':
      return { state: word }
    case 'offline':
    case 'stopped':
      return { state: 'stopped' }
    default:
      return { state: 'unknown', why: 'the panel has no word for the state of the server' }
  }
}
