/** `sun_path` has 108 bytes, the last of them a NUL. @see unix(7) */
export const PATH_MAX_BYTES = 107

/** Whether the system has no room for this path in the address of a socket. */
export function isTooLong(path: string): boolean {
  return Buffer.byteLength(path) > PATH_MAX_BYTES
}
