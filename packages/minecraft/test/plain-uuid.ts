/** What `decodeUuid` does, in the plainest way. */
export function plainUuid(bytes: Uint8Array, start = 0): string {
  const digits = Array.from(bytes.subarray(start, start + 16), (byte) => byte.toString(16).padStart(2, '0')).join('')
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join(
    '-',
  )
}
