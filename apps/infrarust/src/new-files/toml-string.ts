/** A text as a TOML string. JSON escapes all that a basic string must, but for DEL. */
export function tomlString(text: string): string {
  return JSON.stringify(text).replaceAll('\x7f', '\\u007F')
}

/** A list of them in one line. */
export function tomlStrings(texts: readonly string[]): string {
  return `[${texts.map(tomlString).join(', ')}]`
}
