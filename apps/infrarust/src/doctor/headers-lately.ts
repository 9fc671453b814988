import { ControlError } from '../control/control-error.ts'
import { headersText } from '../verbs/headers-text.ts'
import type { Status } from '../verbs/status/verb.ts'
import { VerbError } from '../verbs/verb-error.ts'

/** What the running proxy knows of those who send headers. */
export interface HeadersLately {
  /** Which ones came lately, by the name of the listener. */
  readonly byListener: ReadonlyMap<string, string>
  /** What the names in `trusted` stand for there. */
  readonly trustedNames: Status['trusted_names']
  /** Ids of the servers that are started and stopped there, and are up now. */
  readonly awake: ReadonlySet<string>
}

/**
 * Which headers the running proxy has seen lately, and from which names it believes them.
 *
 * @param report why a proxy that seems to run cannot be asked
 * @returns undefined where no proxy runs, or where it cannot be asked
 */
export async function headersLately(
  socket: string,
  report: (message: string) => void,
): Promise<HeadersLately | undefined> {
  const [{ ControlClient }, { verb }] = await Promise.all([
    import('../control/client.ts'),
    import('../verbs/status/verb.ts'),
  ])
  const client = new ControlClient(socket)
  try {
    const { listeners, servers, trusted_names: trustedNames } = await client.ask(verb, {})
    const byListener = new Map(listeners.map(({ name, headers }) => [name, headersText(headers) ?? 'none'] as const))
    const awake = new Set(servers.flatMap(({ id, power }) => (power === 'online' ? [id] : [])))
    return { byListener, trustedNames, awake }
  } catch (error) {
    if (!(error instanceof ControlError || error instanceof VerbError)) throw error
    if (error.code !== 'absent') report(`which headers came lately is not known: ${error.message}`)
    return undefined
  } finally {
    client.close()
  }
}
