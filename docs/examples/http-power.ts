import type { ServerPower, ServerPowerFactory } from '@infrarust/core/server-power'

/** Asks a web service that runs servers: `GET …/lobby` answers `{ "state": "stopped" }`, and an order is a `POST`. */
const httpPower: ServerPowerFactory = ({ url, token = '' }, { server }): ServerPower => {
  if (typeof url !== 'string' || !URL.canParse(url)) throw new Error('url is missing; write url = "https://…"')
  const ask = async (method: 'GET' | 'POST', path: string, signal: AbortSignal): Promise<unknown> => {
    signal.throwIfAborted()
    const headers = { authorization: `Bearer ${token}` }
    const response = await fetch(`${url}/${encodeURIComponent(server.id)}${path}`, { method, headers, signal }).catch(
      (cause: unknown) => {
        throw new Error(`${url} cannot be asked`, { cause })
      },
    )
    if (response.status === 403) throw new Error(`${url} does not take the token; see options.token`)
    if (!response.ok) throw new Error(`${url} answers with status ${response.status}`)
    return await response.json()
  }
  return {
    // The service looks at its servers every five seconds.
    staleMs: 5_000,
    async state(signal) {
      const answer = await ask('GET', '', signal)
      return { state: stateIn(answer) }
    },
    async start(signal) {
      await ask('POST', '/start', signal)
    },
    async stop(signal) {
      await ask('POST', '/stop', signal)
    },
  }
}
export default httpPower

const STATES = { off: 'stopped', booting: 'starting', on: 'running', saving: 'stopping', failed: 'crashed' } as const

/** A word that is not known is `unknown`, and never a guess. */
function stateIn(answer: unknown): (typeof STATES)[keyof typeof STATES] | 'unknown' {
  const word = typeof answer === 'object' && answer !== null && 'state' in answer ? answer.state : undefined
  return Object.entries(STATES).find(([theirs]) => theirs === word)?.[1] ?? 'unknown'
}
