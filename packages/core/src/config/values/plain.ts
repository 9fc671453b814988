import { hasControlCharacter } from '../../text/control-characters.ts'
import { gives, isNot, type ValueType } from '../value-type.ts'

/** One line of text, blanks at its ends removed. */
export function text(options: { readonly maxLength: number }): ValueType<string> {
  const accepted = `write a text of 1 to ${options.maxLength} characters without control characters`
  return {
    name: 'text',
    read(written) {
      if (typeof written !== 'string') return isNot(written, accepted)
      const trimmed = written.trim()
      const isFine = trimmed.length > 0 && trimmed.length <= options.maxLength && !hasControlCharacter(trimmed)
      return isFine ? gives(trimmed) : isNot(written, accepted)
    },
    fromText: (label) => label,
    schema: { type: 'string' },
  }
}

const BOOLEAN_TEXTS: Readonly<Record<string, boolean>> = {
  true: true,
  '1': true,
  yes: true,
  false: false,
  '0': false,
  no: false,
}

/** The spellings that labels may use for a boolean, in any case; undefined for another text. */
export function booleanFromText(label: string): boolean | undefined {
  return BOOLEAN_TEXTS[label.trim().toLowerCase()]
}

/** true or false. */
export const boolean: ValueType<boolean> = {
  name: 'boolean',
  read(written) {
    if (typeof written === 'boolean') return gives(written)
    const isQuoted = written === 'true' || written === 'false'
    return isNot(written, isQuoted ? `write ${written}, without quotation marks` : 'write true or false')
  },
  fromText: (label) => booleanFromText(label) ?? label,
  schema: { type: 'boolean' },
}

/** A whole number within bounds, both included. */
export function integer(options: { readonly min: number; readonly max: number }): ValueType<number> {
  const accepted = `write a whole number from ${options.min} to ${options.max}`
  return {
    name: 'integer',
    read(written) {
      if (typeof written === 'string' && /^\d{1,15}$/.test(written))
        return isNot(written, `${accepted}, without quotation marks`)
      if (typeof written !== 'number' || !Number.isSafeInteger(written)) return isNot(written, accepted)
      return written >= options.min && written <= options.max ? gives(written) : isNot(written, accepted)
    },
    fromText: integerFromText,
    schema: { type: 'integer', minimum: options.min, maximum: options.max },
  }
}

/** A TCP port, 1 to 65,535. */
export const port: ValueType<number> = {
  ...integer({ min: 1, max: 65_535 }),
  name: 'port',
  read(written) {
    const isPort = typeof written === 'number' && Number.isInteger(written) && written >= 1 && written <= 65_535
    return isPort ? gives(written) : isNot(written, 'a port is a number from 1 to 65535')
  },
}

export function integerFromText(label: string): unknown {
  return /^-?\d{1,15}$/.test(label.trim()) ? Number(label.trim()) : label
}
