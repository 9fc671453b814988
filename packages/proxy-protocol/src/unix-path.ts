import { ProxyProtocolError } from './errors.ts'
import type { UnixEndpoint } from './header.ts'
import { decodeUtf8, encodeUtf8 } from './utf8.ts'

/** `sun_path` of the specification's layout. */
export const UNIX_PATH_BYTES = 108

/** @param pathBytes the 108 bytes of the field */
export function decodeUnixEndpoint(pathBytes: Uint8Array): UnixEndpoint {
  return { path: pathText(pathBytes), pathBytes }
}

/** The bytes of the field without their padding. */
export function encodeUnixPath({ path, pathBytes }: UnixEndpoint): Uint8Array {
  const bytes = pathBytes ?? encodeUtf8(path)
  // A NUL ends a path, and NULs behind an abstract name are padding: what a reader would lose is not sent.
  const isWhole = bytes !== undefined && (bytes === pathBytes || nameEnd(bytes) === bytes.length)
  if (!isWhole || bytes.length > UNIX_PATH_BYTES) {
    throw new ProxyProtocolError({ code: 'path' }, JSON.stringify(path))
  }
  return bytes
}

function pathText(bytes: Uint8Array): string {
  const name = bytes.subarray(0, nameEnd(bytes))
  // A path is bytes to the kernel. What is not UTF-8 is shown byte by byte, and `pathBytes` keeps it as it came.
  return decodeUtf8(name) ?? Array.from(name, (byte) => (byte < 0x80 ? String.fromCharCode(byte) : '\ufffd')).join('')
}

/** An abstract name begins with a NUL and may hold more; a path ends at its first, whatever lies behind it. */
function nameEnd(bytes: Uint8Array): number {
  if (bytes[0] !== 0) {
    const end = bytes.indexOf(0)
    return end < 0 ? bytes.length : end
  }
  let end = bytes.length
  while (end > 0 && bytes[end - 1] === 0) end--
  return end
}
