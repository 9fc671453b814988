import { type PowerCheck, PowerError, type PowerReading, type ServerPower } from '@infrarust/core/server-power'
import { at, textAt } from '../panel/json.ts'
import { type PanelAnswer, PanelClient, type PanelOptions } from '../panel/panel-client.ts'
import { plainHttp } from '../panel/plain-http.ts'

/** What it calls a key that may not, at whatever status. */
const NOT_ALLOWED: ReadonlySet<string> = new Set(['NOT_AUTHORIZED', 'ACCESS_DENIED', 'INVALID_TOKEN'])

/** A server of Crafty Controller 4, by version 2 of its API. */
export class CraftyPower implements ServerPower {
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
    const { json } = await this.#ask('GET', '/stats', undefined, signal)
    return readingOf(at(json, 'data'))
  }

  async start(signal: AbortSignal): Promise<void> {
    await this.#order('start', signal)
  }

  async stop(signal: AbortSignal): Promise<void> {
    const { state } = await this.state(signal)
    if (state === 'stopped' || state === 'stopping' || state === 'crashed') return
    if (state === 'starting' && !this.#hasStarted)
      throw new PowerError('busy', 'somebody else has just started the server; it is left as it is')
    await this.#order('stop', signal)
  }

  async check(signal: AbortSignal): Promise<readonly PowerCheck[]> {
    const { state } = await this.state(signal)
    const checks: PowerCheck[] = [
      { isGood: true, text: 'the panel knows the server' },
      ...plainHttp(this.#options.apiUrl),
    ]
    if (state !== 'stopped' && state !== 'crashed') {
      const text = 'whether the key may start and stop it can be asked while it is stopped only'
      return [...checks, { isGood: true, text }]
    }
    // An empty line for the console of a server that does not run: it needs the permission of the orders, and does nothing.
    try {
      await this.#ask('POST', '/stdin', '', signal)
    } catch (cause) {
      if (!(cause instanceof PowerError) || cause.code !== 'denied') throw cause
      return [...checks, { isGood: false, text: cause.message }]
    }
    return [...checks, { isGood: true, text: 'the key may start and stop it' }]
  }

  async #order(order: 'start' | 'stop', signal: AbortSignal): Promise<void> {
    await this.#ask('POST', `/action/${order}_server`, '', signal)
    this.#hasStarted = order === 'start'
  }

  /** It says 200 to any order, and 400 to who may not. */
  async #ask(
    method: 'GET' | 'POST',
    path: string,
    body: string | undefined,
    signal: AbortSignal,
  ): Promise<PanelAnswer> {
    const ofServer = `/api/v2/servers/${encodeURIComponent(this.#serverId)}${path}`
    const answer = await this.#client.ask(method, ofServer, body, signal)
    const word = textAt(answer.json, 'error')
    const isRunningNot = path === '/stdin' && word === 'SERVER_NOT_RUNNING'
    if (answer.status === 200 && (textAt(answer.json, 'status') === 'ok' || isRunningNot)) return answer
    throw this.#refusal(answer, word)
  }

  #refusal({ status, json }: PanelAnswer, word: string | undefined): PowerError {
    const detail = this.#client.withoutKey(
      [word, textAt(json, 'info') ?? textAt(json, 'error_data')].filter((each) => each !== undefined).join(': '),
    )
    const said = `${this.#client.place} answers ${status}${detail === '' ? '' : ` (${detail})`}`
    if (status === 401 || status === 403)
      return new PowerError(
        'denied',
        `${said}: it does not take the key; make one under your user, API Keys, and write it as api_key`,
      )
    if (word !== undefined && NOT_ALLOWED.has(word))
      return new PowerError(
        'denied',
        `${said}: the user of the key may not see the server "${this.#serverId}", or has no role with Commands for it; see server_id`,
      )
    if (status === 404) return new PowerError('not-found', `${said}; see api_url and server_id`)
    if (status === 429) return new PowerError('busy', `${said}: it is asked too often; write a longer poll_interval`)
    if (status >= 500) return new PowerError('unreachable', said)
    return new PowerError('failed', `${said}; is api_url the address of Crafty Controller 4?`)
  }
}

function readingOf(stats: unknown): PowerReading {
  const running = at(stats, 'running')
  if (typeof running !== 'boolean') return { state: 'unknown', why: 'the panel has not looked at the server yet' }
  if (running) return { state: 'running' }
  if (at(stats, 'crashed') === true)
    return { state: 'crashed', why: 'the panel says that the server has crashed; its terminal there says why' }
  if (at(stats, 'updating') === true || at(stats, 'downloading') === true)
    return { state: 'unknown', why: 'the panel says that the server is being updated' }
  return { state: at(stats, 'waiting_start') === true ? 'starting' : 'stopped' }
}
