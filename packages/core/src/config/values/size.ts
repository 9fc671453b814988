import { gives, isNot, type ValueType } from '../value-type.ts'
import { integerFromText } from './plain.ts'

const UNIT_BYTES: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1_000,
  mb: 1_000_000,
  gb: 1_000_000_000,
  kib: 1_024,
  mib: 1_048_576,
  gib: 1_073_741_824,
}

/** A number of bytes, plain or as text with a unit (`"64 KiB"`). */
export function size(options: { readonly min: number; readonly max: number }): ValueType<number> {
  const accepted = `write a number of bytes from ${options.min} to ${options.max}, or a text such as "4 KiB"`
  return {
    name: 'size',
    read(written) {
      const bytes = typeof written === 'string' ? parseSize(written) : written
      const isFine =
        typeof bytes === 'number' && Number.isSafeInteger(bytes) && bytes >= options.min && bytes <= options.max
      return isFine ? gives(bytes) : isNot(written, accepted)
    },
    fromText: integerFromText,
    schema: {
      anyOf: [
        { type: 'integer', minimum: options.min, maximum: options.max },
        { type: 'string', pattern: '^\\s*[0-9]+\\s*([kKmMgG]([iI])?)?[bB]?\\s*$' },
      ],
    },
  }
}

function parseSize(written: string): number | undefined {
  const [, amount, unit] = /^\s*(\d{1,15})\s*([kmg]?i?b|)\s*$/i.exec(written) ?? []
  const unitBytes = unit === undefined ? undefined : UNIT_BYTES[unit.toLowerCase()]
  return unitBytes === undefined ? undefined : Number(amount) * unitBytes
}
