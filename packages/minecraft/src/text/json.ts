import { type Decoded, decoded } from '../decoded.ts'
import { malformed } from '../errors.ts'
import type { TextComponent } from './component.ts'

/** Servers with per-letter gradients nest a few dozen levels; the game's own limit is 512. */
export const TEXT_MAX_DEPTH = 64
/** The longest JSON text that every client reads. */
export const TEXT_JSON_MAX_UNITS = 32_767

/**
 * Decodes a component from JSON, from a backend or from a configuration. Keys that are not known are kept, so that
 * `JSON.stringify` gives back all that was there.
 *
 * @param maxUnits the longest JSON to look at, in UTF-16 units
 */
export function decodeTextJson(json: string, maxUnits: number = TEXT_JSON_MAX_UNITS): Decoded<TextComponent> {
  if (json.length > maxUnits) return malformed('json-length', 0)
  const parsed = parseJson(json)
  if (parsed.kind !== 'json') return malformed('json-syntax', 0)
  if (isDeeperThan(TEXT_MAX_DEPTH, parsed.value)) return malformed('json-depth', 0)
  return isTextComponent(parsed.value) ? decoded(parsed.value, json.length) : malformed('json-shape', 0)
}

/** `JSON.parse` without its exception: a peer can provoke it. */
export function parseJson(
  json: string,
): { readonly kind: 'json'; readonly value: unknown } | { readonly kind: 'none' } {
  try {
    return { kind: 'json', value: JSON.parse(json) }
  } catch {
    return { kind: 'none' }
  }
}

/** Is a value from JSON a component? It must not be deeper than `TEXT_MAX_DEPTH`. */
export function isTextComponent(value: unknown, depth: number = TEXT_MAX_DEPTH): value is TextComponent {
  if (typeof value === 'string') return true
  if (depth === 0 || typeof value !== 'object' || value === null) return false
  const areComponents = (list: unknown) => Array.isArray(list) && list.every((item) => isTextComponent(item, depth - 1))
  if (Array.isArray(value)) return value.length > 0 && areComponents(value)
  return Object.entries(value).every(([key, field]) => {
    switch (key) {
      case 'text':
      case 'translate':
      case 'fallback':
      case 'keybind':
      case 'color':
        return typeof field === 'string'
      case 'bold':
      case 'italic':
      case 'underlined':
      case 'strikethrough':
      case 'obfuscated':
        return typeof field === 'boolean'
      case 'extra':
      case 'with':
        return areComponents(field)
      default:
        return !isDeeperThan(depth - 1, field)
    }
  })
}

/**
 * As much of a value from JSON as can be shown. The game reads numbers and truth values where texts belong; what else is no
 * part of a component is left out, and the rest stays.
 */
export function readableText(value: unknown, depth: number = TEXT_MAX_DEPTH): TextComponent {
  if (isTextComponent(value, depth)) return value
  if (typeof value === 'number' || typeof value === 'boolean') return `${value}`
  if (depth === 0 || typeof value !== 'object' || value === null) return ''
  if (Array.isArray(value)) {
    const [first, ...others] = value.map((item) => readableText(item, depth - 1))
    return first === undefined ? '' : [first, ...others]
  }
  const fields = Object.entries(value).map(([key, field]) => [key, readableField(key, field, depth)])
  const readable = Object.fromEntries(fields.filter(([, field]) => field !== undefined))
  return isTextComponent(readable, depth) ? readable : ''
}

function readableField(key: string, field: unknown, depth: number): unknown {
  if (isTextComponent({ [key]: field }, depth)) return field
  switch (key) {
    case 'text':
    case 'translate':
    case 'fallback':
    case 'keybind':
      return typeof field === 'number' || typeof field === 'boolean' ? `${field}` : undefined
    case 'extra':
    case 'with':
      return Array.isArray(field) ? field.map((item) => readableText(item, depth - 1)) : undefined
    default:
      return undefined
  }
}

function isDeeperThan(depth: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return depth === 0 || Object.values(value).some((item) => isDeeperThan(depth - 1, item))
}
