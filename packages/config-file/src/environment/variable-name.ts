/** What the names of all our variables begin with. */
export const VARIABLE_PREFIX = 'INFRARUST_'

/** `INFRARUST_PROXY_PROTOCOL__TRUSTED` for `['proxy_protocol', 'trusted']`; elements of a list by their index, from 0. */
export function variableName(path: readonly string[]): string {
  return VARIABLE_PREFIX + path.join('__').toUpperCase()
}

/** The other way round. Undefined for a name that no key can have: keys are lower case, and here all is upper case. */
export function pathOfVariable(name: string): readonly string[] | undefined {
  if (!/^INFRARUST_[A-Z0-9_]+$/.test(name)) return undefined
  return name.slice(VARIABLE_PREFIX.length).toLowerCase().split('__')
}
