import { askProxy } from '../control/control-client.ts'
import { ControlError } from '../control/control-error.ts'
import { isRecord } from '../control/protocol.ts'
import { headersText } from './headers-text.ts'
import { cell } from './item.ts'

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
  const seen = new Map<string, string>()
  try {
    for await (const item of await askProxy(socket, { verb: 'status', options: {}, input: [] })) {
      if (!isRecord(item) || item.kind !== 'listener') continue
      seen.set(cell(item, 'name') ?? '', headersText(item.headers) ?? 'none')
    }
    return seen
  } catch (error) {
    if (!(error instanceof ControlError)) throw error
    if (error.code !== 'absent') report(`which headers came lately is not known: ${error.message}`)
    return undefined
  }
}
