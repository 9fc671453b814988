/** Whether a text begins with the byte order mark of UTF-16, which Windows calls Unicode and offers when a file is saved. */
export function isUtf16(bytes: Uint8Array): boolean {
  return (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)
}
