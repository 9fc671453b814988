/** The byte at this offset; the caller has checked the length, 0 beyond it. */
export function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0
}

/** Big-endian, as every number of the protocol but the Azure link id. */
export function uint16At(bytes: Uint8Array, at: number): number {
  return (byteAt(bytes, at) << 8) | byteAt(bytes, at + 1)
}

/** Big-endian and unsigned. */
export function uint32At(bytes: Uint8Array, at: number): number {
  return ((uint16At(bytes, at) << 16) | uint16At(bytes, at + 2)) >>> 0
}

/**
 * The bytes between two offsets, not copied. A plain `Uint8Array` also where the bytes are a Node `Buffer`: whoever keeps
 * a value copies it with `slice`, which in a `Buffer` makes no copy.
 */
export function view(bytes: Uint8Array, from: number, to: number): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + from, to - from)
}

export function writeUint16(into: Uint8Array, at: number, value: number): void {
  into[at] = (value >>> 8) & 0xff
  into[at + 1] = value & 0xff
}

export function writeUint32(into: Uint8Array, at: number, value: number): void {
  writeUint16(into, at, value >>> 16)
  writeUint16(into, at + 2, value & 0xffff)
}
