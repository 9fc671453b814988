import { closeSync, constants, existsSync, fstatSync, lstatSync, openSync, realpathSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { ControlError } from './control-error.ts'
import { cannotConnect } from './socket-problem.ts'

/** A socket that was looked at; `path` leads to this very one, whatever has taken its name since. */
export interface FoundSocket {
  readonly path: string
  /** To be called once there is a connection, or none. */
  close(): void
}

/**
 * Finds the socket on a path, and makes sure that it belongs to somebody who may be the proxy. Where others can make files
 * in the folder, anybody may listen under this name, and would be told of every ban, and believed. The owner of a socket is
 * who has bound it, so that this is as good as asking who is at the other end.
 *
 * @throws {ControlError} `absent`, `unreachable`, or `untrusted` where it belongs to somebody else
 */
export function findSocket(path: string): FoundSocket {
  try {
    const fd = CAN_OPEN ? openSync(path, O_PATH) : undefined
    const close = (): void => {
      if (fd !== undefined) closeSync(fd)
    }
    try {
      // The name may be a link, which somebody else has made to a socket that is fine.
      for (const { uid } of [fd === undefined ? statSync(path) : fstatSync(fd), lstatSync(path)])
        if (!isTrusted(uid, path)) throw new ControlError('untrusted', untrustedText(uid, path))
    } catch (error) {
      close()
      throw error
    }
    return { path: fd === undefined ? path : `${OPEN_FILES}/${fd}`, close }
  } catch (error) {
    if (error instanceof ControlError) throw error
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT') throw new ControlError('absent', `nobody listens on ${path}`)
    throw new ControlError('unreachable', cannotConnect(path, error))
  }
}

/**
 * Whether what is on a path can be believed to be the proxy's: it belongs to root, to this user, or to the owner of its
 * folder (root asks a proxy that runs as a user of its own), where nobody else could have made that folder.
 */
export function isTrusted(uid: number, path: string): boolean {
  const us = process.geteuid?.()
  // No such owners on this system.
  if (us === undefined) return true
  if (uid === us || uid === ROOT) return true
  const folder = realpathSync(dirname(path))
  return statSync(folder).uid === uid && isOnlyMadeBy([ROOT, us, uid], folder)
}

/** What the log says of a folder in which everybody can make files; nothing where that is not so. */
export function openFolderText(path: string): string | undefined {
  const folder = dirname(path)
  if (process.geteuid === undefined || (statSync(folder).mode & constants.S_IWOTH) === 0) return undefined
  return `${folder} can be written by every user of this machine, who can take the place of the control socket and of the bans there; ${MEND}`
}

/** How others are kept from the place of the socket. */
export const MEND: string =
  'give the proxy a folder of its own: data_dir in infrarust.toml, for its user only (mode 0700)'

function untrustedText(uid: number, path: string): string {
  return (
    `${path} belongs to user ${uid}, who may not be the proxy, so whoever answers there is not asked. If it is not the ` +
    `proxy's, remove it and ${MEND}. If the proxy runs as this user, run the command as this user (sudo -u '#${uid}')`
  )
}

/** Whether nobody else could have made this folder, or have put it there: all above it is theirs. */
function isOnlyMadeBy(users: readonly number[], folder: string): boolean {
  for (let above = dirname(folder); ; above = dirname(above)) {
    const { uid, mode } = statSync(above)
    if (!users.includes(uid) || (mode & (constants.S_IWGRP | constants.S_IWOTH)) !== 0) return false
    if (above === dirname(above)) return true
  }
}

const ROOT = 0

/** Linux: opens the file itself, whatever it is, without reading it; Node does not name it. @see open(2) */
const O_PATH = 0o10000000
/** Under the number of an open file its very inode is found. @see proc_pid_fd(5) */
const OPEN_FILES = '/proc/self/fd'
const CAN_OPEN = process.platform === 'linux' && existsSync(OPEN_FILES)
