import { existsSync, lstatSync, mkdirSync, unlinkSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { dirname } from 'node:path'
import { ControlError } from './control-error.ts'
import { isTrusted, MEND } from './socket-owner.ts'
import { cannotListen } from './socket-problem.ts'

/** `sun_path` has 108 bytes, the last of them a NUL. @see unix(7) */
const PATH_MAX_BYTES = 107

export function isTooLong(path: string): boolean {
  return Buffer.byteLength(path) > PATH_MAX_BYTES
}

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
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) await removeStale(path)
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
async function removeStale(path: string): Promise<void> {
  const entry = lstatSync(path)
  if (!entry.isSocket())
    throw new ControlError('unreachable', `${path} is there and is no socket; remove it, or name another place`)
  try {
    const state = await whoListens(path)
    if (state === 'somebody')
      throw new ControlError('unreachable', `another process listens on ${path}; stop it, or name another place`)
    if (state === 'nobody') unlinkSync(path)
  } catch (error) {
    if (isTrusted(entry.uid, path)) throw error
    // In a folder that others can write to: what keeps us out is that it is theirs.
    throw new ControlError(
      'untrusted',
      `${path} belongs to user ${entry.uid}, who may not be the proxy; remove it, and ${MEND}`,
    )
  }
}

function whoListens(path: string): Promise<'somebody' | 'nobody' | 'gone'> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    socket.on('connect', () => {
      socket.destroy()
      resolve('somebody')
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') resolve('nobody')
      else if (error.code === 'ENOENT') resolve('gone')
      // Whoever listened has just ended: what is left of it shows at the next look.
      else if (error.code === 'ECONNRESET') resolve(whoListens(path))
      else reject(error)
    })
  })
}
