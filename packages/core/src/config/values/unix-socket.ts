import { Buffer } from 'node:buffer'
import { isUnixPathTooLong, UNIX_PATH_MAX_BYTES, type UnixName } from '../../addresses/unix-name.ts'
import { hasControlCharacter } from '../../text/control-characters.ts'

/** Where a Unix socket is, or what is wrong with what was written. */
export type UnixSocket = { readonly name: UnixName } | { readonly wrong: string }

/** What is written as a Unix socket; undefined where it is meant as a host and a port, such as `unix:25565`. */
export function readUnixSocket(written: string): UnixSocket | undefined {
  const [, rest] = /^\s*unix:(?!\d+\s*$)(.*?)\s*$/is.exec(written) ?? []
  if (rest === undefined) return undefined
  // They have no mode: whoever is on this machine could take the name first, or connect.
  if (rest.startsWith('@')) return { wrong: 'abstract sockets have no permissions; write the path of a socket' }
  if (!rest.startsWith('/')) return { wrong: 'the path of a Unix socket begins with "/"' }
  const path = rest.replaceAll(/\/{2,}/g, '/')
  if (path.endsWith('/')) return { wrong: 'the path of a Unix socket ends with the name of a file' }
  if (hasControlCharacter(path)) return { wrong: 'its path has control characters' }
  if (isUnixPathTooLong(path))
    return { wrong: `the path has ${Buffer.byteLength(path)} bytes, and a Unix socket at most ${UNIX_PATH_MAX_BYTES}` }
  return { name: `unix:/${path.slice(1)}` }
}
