/** What stands at a path of a panel's JSON; undefined where something is missing or of another type on the way. */
export function at(json: unknown, ...path: readonly (string | number)[]): unknown {
  let value = json
  for (const name of path) {
    if (Array.isArray(value)) value = value[Number(name)]
    else if (typeof value === 'object' && value !== null && Object.hasOwn(value, name)) value = Reflect.get(value, name)
    else return undefined
  }
  return value
}

/** A text that is not empty. */
export function textAt(json: unknown, ...path: readonly (string | number)[]): string | undefined {
  const value = at(json, ...path)
  return typeof value === 'string' && value !== '' ? value : undefined
}
