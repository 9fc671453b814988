import { lstatSync, renameSync, type Stats, unlinkSync } from 'node:fs'
import { connect } from 'node:net'

/** What its owner and its group may do with the socket of a listener; nobody else may connect. */
export const UNIX_SOCKET_MODE = 0o660

/** The name of a socket in its folder, as it was bound: somebody else may have taken the name since. */
export interface BoundName {
  readonly path: string
  readonly inode: Pick<Stats, 'dev' | 'ino'>
}

/**
 * Removes the socket that a killed process has left on a path: only one that nobody listens on, and never anything else that
 * somebody has named by mistake.
 *
 * @throws an error with the code `EADDRINUSE` where another process listens there, `ENOTSOCK` for what is no socket, else the
 *   system's
 */
export async function removeStaleSocket(path: string): Promise<void> {
  const entry = lstatSync(path, { throwIfNoEntry: false })
  if (entry === undefined) return
  if (!entry.isSocket()) throw problem('ENOTSOCK', `${path} is there and is no socket`)
  const state = await whoListens(path)
  if (state === 'somebody') throw problem('EADDRINUSE', `another process listens on ${path}`)
  // Two that start at once find the same: what the other one has bound meanwhile stays.
  if (state === 'nobody' && isStill({ path, inode: entry })) unlinkSync(path)
}

/** What was just bound there. */
export function boundName(path: string): BoundName {
  return { path, inode: lstatSync(path) }
}

/** Removes the name of a socket whose listener ends, unless it is somebody else's by now. */
export function removeName(name: BoundName): void {
  tryTo(() => {
    if (isStill(name)) unlinkSync(name.path)
  })
}

/** Closes a listener of `node:net`, which removes whatever has its name then: what is not its own is kept from that. */
export function closeKeepingOthers(name: BoundName, close: () => void): void {
  const aside = `${name.path}.${process.pid}`
  const isAside = tryTo(() => {
    if (isStill(name) || lstatSync(name.path, { throwIfNoEntry: false }) === undefined) return false
    renameSync(name.path, aside)
    return true
  })
  close()
  if (isAside) tryTo(() => renameSync(aside, name.path))
}

/** Where the folder cannot be written any more the name stays, and the next start replaces it; nothing else ends for that. */
function tryTo<T>(act: () => T): T | undefined {
  try {
    return act()
  } catch {
    return undefined
  }
}

function isStill({ path, inode }: BoundName): boolean {
  const now = lstatSync(path, { throwIfNoEntry: false })
  return now !== undefined && now.dev === inode.dev && now.ino === inode.ino
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
      // Its queue is full: somebody has one.
      else if (error.code === 'EAGAIN') resolve('somebody')
      // Whoever listened has just ended: what is left of it shows at the next look.
      else if (error.code === 'ECONNRESET') resolve(whoListens(path))
      else reject(error)
    })
  })
}

function problem(code: string, message: string): NodeJS.ErrnoException {
  return Object.assign(new Error(message), { code })
}
