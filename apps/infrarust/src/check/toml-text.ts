/** A value as one would write it behind the `=` of a key, on one line. */
export function tomlText(value: unknown): string {
  // What JSON escapes, TOML escapes alike; DEL alone it lets through.
  if (typeof value === 'string') return JSON.stringify(value).replaceAll('\x7f', '\\u007f')
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return `[${value.map(tomlText).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value).map(([key, inner]) => `${keyText(key)} = ${tomlText(inner)}`)
    return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`
  }
  return String(value)
}

function keyText(key: string): string {
  return /^[\w-]+$/.test(key) ? key : tomlText(key)
}
