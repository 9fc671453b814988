import { ControlError } from '../control/control-error.ts'
import { VerbError } from '../verbs/verb-error.ts'

/** Whether the proxy that runs with this configuration serves what was just written. */
export type TakenUp =
  | { readonly kind: 'served' }
  /** No proxy runs. */
  | { readonly kind: 'absent' }
  /** `problems` are what is wrong with its files, a line each. */
  | { readonly kind: 'not-served'; readonly problems: readonly string[] }
  | { readonly kind: 'not-known'; readonly message: string }

/** Has the running proxy read its files now, and looks whether it serves this server. */
export async function takenUp(controlSocket: string, id: string): Promise<TakenUp> {
  const [{ ControlClient }, reload, servers] = await Promise.all([
    import('../control/client.ts'),
    import('../verbs/reload/verb.ts'),
    import('../verbs/servers/verb.ts'),
  ])
  const client = new ControlClient(controlSocket)
  try {
    // It would notice by itself, and a moment later than we ask.
    const { problems } = await client.ask(reload.verb, {})
    const served = await client.ask(servers.verb, {})
    return served.some((server) => server.id === id) ? { kind: 'served' } : { kind: 'not-served', problems }
  } catch (error) {
    if (!(error instanceof ControlError || error instanceof VerbError)) throw error
    return error.code === 'absent' ? { kind: 'absent' } : { kind: 'not-known', message: error.message }
  } finally {
    client.close()
  }
}
