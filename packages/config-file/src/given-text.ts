import type { ValueType } from '@infrarust/core/provider'
import { parse } from 'smol-toml'

/**
 * What a text that stands outside of a TOML file would be in one. It may be written as there, with quotation marks and
 * brackets; without them it is read as a label is: a list is separated by commas, and `true` and `5` are what the key wants.
 */
export function valueOfText(type: ValueType<unknown>, text: string): unknown {
  const asToml = tomlValue(text)
  if (asToml !== undefined && type.read(asToml).kind === 'value') return asToml
  const asLabel = type.fromText(text)
  return asToml === undefined || type.read(asLabel).kind === 'value' ? asLabel : asToml
}

/** Undefined for what has no quotation mark or bracket around it, and for what is no TOML. */
export function tomlValue(text: string): unknown {
  // A line end would let another key follow.
  if (!/^\s*["'[{]/.test(text) || text.length > LONGEST_CHARACTERS) return undefined
  try {
    const values = parse(`value = ${text.trim()}`, { maxDepth: 32 })
    return Object.keys(values).length === 1 ? values.value : undefined
  } catch {
    return undefined
  }
}

/** As long as a file may be. */
const LONGEST_CHARACTERS = 1_048_576
