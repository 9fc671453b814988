import { ControlError } from '../control/control-error.ts'
import { VerbError } from '../verbs/verb-error.ts'

/** Whether the running proxy has a connection now that asks for this name; false where it cannot be asked. */
export async function hasConnectionFor(socket: string, domain: string): Promise<boolean> {
  const [{ ControlClient }, { verb }] = await Promise.all([
    import('../control/client.ts'),
    import('../verbs/connections/verb.ts'),
  ])
  const client = new ControlClient(socket)
  try {
    return (await client.ask(verb, {})).some((connection) => connection.domain === domain)
  } catch (error) {
    if (error instanceof ControlError || error instanceof VerbError) return false
    throw error
  } finally {
    client.close()
  }
}
