import { askProxy } from '../control/control-client.ts'
import { ControlError } from '../control/control-error.ts'
import { isRecord } from '../control/protocol.ts'

/** Whether the running proxy has a connection now that asks for this name; false where it cannot be asked. */
export async function hasConnectionFor(socket: string, domain: string): Promise<boolean> {
  try {
    for await (const item of await askProxy(socket, { verb: 'connections', options: {}, input: [] }))
      if (isRecord(item) && item.domain === domain) return true
    return false
  } catch (error) {
    if (!(error instanceof ControlError)) throw error
    return false
  }
}
