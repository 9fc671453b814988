import { cannotEncode } from './errors.ts'

/** @param bytes sixteen of them */
export function decodeUuid(bytes: Uint8Array): string {
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** @throws MinecraftError `out-of-range` for what is not a UUID, with or without dashes */
export function encodeUuid(uuid: string): Uint8Array {
  const digits = uuid.replaceAll('-', '')
  if (!/^[0-9a-fA-F]{32}$/.test(digits)) throw cannotEncode('out-of-range', `the UUID "${uuid}"`)
  return Uint8Array.from({ length: 16 }, (_, index) => Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16))
}
