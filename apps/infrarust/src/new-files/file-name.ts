/** The longest id of a server, and short enough for the name of a file. */
const LONGEST_ID = 64

/** Names that a file cannot have on Windows, and the one of the configuration, which may stand in the same folder. */
const TAKEN = /^(con|prn|aux|nul|com\d|lpt\d|infrarust)(\.|$)/i

/** Letters, digits and what stands between them: nothing that a shell, a path or a file system reads as something else. */
const SAFE = /^[\p{L}\p{N}]([\p{L}\p{M}\p{N}_.-]*[\p{L}\p{M}\p{N}_-])?$/u

/** Whether an id can be the name of a file, which it is without `.toml`. */
export function canBeFileName(id: string): boolean {
  return id.length <= LONGEST_ID && SAFE.test(id) && !TAKEN.test(id)
}

/**
 * Names for the file of a server with this domain, the best one first: `survival`, `survival-example-com`.
 *
 * @param pattern as `domainPattern` reads it
 */
export function namesFrom(pattern: string): readonly string[] {
  const isAddress = pattern.includes(':') || /^[\d.]+$/.test(pattern)
  const literal = pattern.split('.').filter((label) => !/[*?]/.test(label))
  const whole = pattern.replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-+|-+$/g, '')
  const names = isAddress ? [whole] : [literal[0] ?? '', whole, 'any']
  return [...new Set(names)].filter(canBeFileName)
}
