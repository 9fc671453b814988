/** Keys and values as a TOML file holds them. */
export type Written = Readonly<Record<string, unknown>>

/** What stands at a path, elements of lists by their index; undefined where there is nothing. */
export function valueAt(written: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(part) : undefined,
    written,
  )
}
