import { setTimeout } from 'node:timers/promises'
import type { Provider, ProviderFactory, ServerDefinition } from '@infrarust/core/provider'

/** Asks a web server for the list of servers, every few seconds: `[{ "name": "lobby", "domains": […], … }]`. */
const httpProvider: ProviderFactory = ({ url, interval_seconds: seconds = 5 }): Provider => {
  if (typeof url !== 'string' || !URL.canParse(url)) throw new Error('url is missing; write url = "https://…"')
  if (typeof seconds !== 'number' || !(seconds > 0)) throw new Error('interval_seconds is a number above 0')
  return {
    name: 'http',
    async start(emit, signal) {
      while (!signal.aborted) {
        try {
          const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]) })
          if (!response.ok) throw new Error(`HTTP status ${response.status}`)
          const list: unknown = await response.json()
          if (signal.aborted) return
          emit({ servers: readServers(list, url) })
        } catch (cause) {
          // Not an empty list: the servers that were known stay while the web server is away.
          if (!signal.aborted) emit({ error: new Error(`${url} cannot be read`, { cause }) })
        }
        // The signal ends the pause, and with it `start`.
        await setTimeout(seconds * 1000, undefined, { signal }).catch(() => {})
      }
    },
  }
}
export default httpProvider

/** Only finds out which server is which; Infrarust checks the keys and values of each. */
function readServers(list: unknown, url: string): ServerDefinition[] {
  if (!Array.isArray(list)) throw new Error('a JSON array is expected')
  return list.map((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null) throw new Error('a server is a JSON object')
    const values: Record<string, unknown> = { ...entry }
    if (typeof values.name !== 'string') throw new Error('a server has a "name"')
    return { key: values.name, source: `${url} "${values.name}"`, values }
  })
}
