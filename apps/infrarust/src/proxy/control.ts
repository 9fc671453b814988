import type { Logger } from 'pino'
import { ControlError } from '../control/control-error.ts'
import { ControlServer } from '../control/control-server.ts'
import type { Verb } from '../control/verb.ts'

/** Listens for commands; undefined where that cannot be: the proxy serves players all the same, and has said so. */
export async function listenForCommands(
  path: string,
  verbs: readonly Verb[],
  logger: Logger,
): Promise<ControlServer | undefined> {
  try {
    const server = await ControlServer.listen(path, verbs)
    logger.debug(`commands are taken on ${path}`)
    return server
  } catch (error) {
    if (!(error instanceof ControlError)) throw error
    logger.error(`socket in [control]: ${error.message}; no command reaches this process`)
    return undefined
  }
}
