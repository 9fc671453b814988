import { ControlError } from '../control/control-error.ts'
import { headersText } from '../verbs/headers-text.ts'
import { VerbError } from '../verbs/verb-error.ts'

/**
 * Which headers each listener of the running proxy has seen lately, by its name.
 *
 * @param report why a proxy that seems to run cannot be asked
 * @returns undefined where no proxy runs, or where it cannot be asked
 */
export async function headersLately(
  socket: string,
  report: (message: string) => void,
): Promise<ReadonlyMap<string, string> | undefined> {
  const [{ ControlClient }, { verb }] = await Promise.all([
    import('../control/client.ts'),
    import('../verbs/status/verb.ts'),
  ])
  const client = new ControlClient(socket)
  try {
    const { listeners } = await client.ask(verb, {})
    return new Map(listeners.map(({ name, headers }) => [name, headersText(headers) ?? 'none']))
  } catch (error) {
    if (!(error instanceof ControlError || error instanceof VerbError)) throw error
    if (error.code !== 'absent') report(`which headers came lately is not known: ${error.message}`)
    return undefined
  } finally {
    client.close()
  }
}
