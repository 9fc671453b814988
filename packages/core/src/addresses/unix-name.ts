import { Buffer } from 'node:buffer'

/**
 * How a Unix socket is written and shown: `unix:` and its absolute path. Mere `unix` is an end without a path, as that of
 * every client is. No address of IP and no name of a host looks like either.
 */
export type UnixName = 'unix' | `unix:/${string}`

/** @param text an IP address, the name of a host, or a Unix socket */
export function isUnixName(text: string): text is UnixName {
  return text === UNNAMED || text.startsWith(PREFIX)
}

/** The path of a Unix socket that has one; '' of one that has none. */
export function unixPath(name: UnixName): string {
  return name.slice('unix:'.length)
}

/** `sun_path` has 108 bytes, the last of them a NUL. @see unix(7) */
export const UNIX_PATH_MAX_BYTES = 107

/** Whether the system has no room for this path in the address of a socket. */
export function isUnixPathTooLong(path: string): boolean {
  return Buffer.byteLength(path) > UNIX_PATH_MAX_BYTES
}

const UNNAMED = 'unix'
const PREFIX = 'unix:/'
