import { askProxy } from '../control/control-client.ts'
import { ControlError } from '../control/control-error.ts'
import { isRecord } from '../control/protocol.ts'
import { headersText } from './headers-text.ts'
import { cell } from './item.ts'

/**
 * Which headers each listener of the running proxy has seen lately, by its name.
 *
 * @returns undefined where no proxy runs, or where it cannot be asked
 */
export async function headersLately(socket: string): Promise<ReadonlyMap<string, string> | undefined> {
  const seen = new Map<string, string>()
  try {
    for await (const item of await askProxy(socket, { verb: 'status', options: {}, input: [] })) {
      if (!isRecord(item) || item.kind !== 'listener') continue
      seen.set(cell(item, 'name') ?? '', headersText(item.headers) ?? 'none')
    }
    return seen
  } catch (error) {
    if (error instanceof ControlError) return undefined
    throw error
  }
}
