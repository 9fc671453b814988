/** Undefined where the text is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * What stands at a path of the engine's JSON. Engines differ by version and by maker: whatever is missing or of another
 * type is undefined here, never a crash there.
 */
export function at(json: unknown, ...path: readonly string[]): unknown {
  let value = json
  for (const name of path) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return undefined
    value = value[name]
  }
  return value
}

/** A text that is not empty: the engine writes '' for "none". */
export function textAt(json: unknown, ...path: readonly string[]): string | undefined {
  const value = at(json, ...path)
  return typeof value === 'string' && value !== '' ? value : undefined
}

export function entriesAt(json: unknown, ...path: readonly string[]): readonly [string, unknown][] {
  const value = at(json, ...path)
  return isObject(value) ? Object.entries(value) : []
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
