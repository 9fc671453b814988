import { existsSync, lstatSync, mkdirSync, type Stats } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { dirname } from 'node:path'
import { removeStaleSocket } from '@infrarust/core/transport'
import { ControlError } from './control-error.ts'
import { isTrusted, MEND } from './socket-owner.ts'
import { isTooLong, PATH_MAX_BYTES } from './socket-path.ts'
import { cannotListen } from './socket-problem.ts'

/**
 * Listens on a path, for its owner only. What a killed process has left there is replaced, what a living one uses is not.
 *
 * @throws {ControlError} `unreachable` or `untrusted` with what is the matter, as a clause
 */
export async function listenOnSocket(path: string, onSocket: (socket: Socket) => void): Promise<Server> {
  if (isTooLong(path))
    throw new ControlError('unreachable', `${path} has more than ${PATH_MAX_BYTES} bytes; name a shorter one`)
  const server = createServer(onSocket)
  try {
    // One level: Node never comes back from making the levels of a path that begins in /proc.
    if (!existsSync(dirname(path))) mkdirSync(dirname(path), { mode: 0o700 })
    const entry = lstatSync(path, { throwIfNoEntry: false })
    if (entry !== undefined) await removeStale(path, entry)
    await bind(server, path)
  } catch (error) {
    if (error instanceof ControlError) throw error
    throw new ControlError('unreachable', cannotListen(path, error))
  }
  return server
}

/** The mode is there before anybody can connect: the socket is bound before `listen` returns. */
function bind(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    const before = process.umask(0o177)
    try {
      server.listen(path, () => {
        server.off('error', reject)
        resolve()
      })
    } finally {
      process.umask(before)
    }
  })
}

/** Only a socket that nobody listens on is removed, never a file that somebody has named by mistake. */
async function removeStale(path: string, { uid }: Stats): Promise<void> {
  try {
    await removeStaleSocket(path)
  } catch (error) {
    if (isTrusted(uid, path)) throw inTheWay(error) ?? error
    // In a folder that others can write to: what keeps us out is that it is theirs.
    throw new ControlError(
      'untrusted',
      `${path} belongs to user ${uid}, who may not be the proxy; remove it, and ${MEND}`,
    )
  }
}

/** What has the path, and how to mend that. */
function inTheWay(error: unknown): ControlError | undefined {
  if (!(error instanceof Error && 'code' in error)) return undefined
  const { code, message } = error
  if (code === 'ENOTSOCK') return new ControlError('unreachable', `${message}; remove it, or name another place`)
  return code === 'EADDRINUSE'
    ? new ControlError('unreachable', `${message}; stop it, or name another place`)
    : undefined
}
