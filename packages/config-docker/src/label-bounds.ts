/** Labels under the prefix that one container may carry: thirty servers with eight each, twice. */
const MOST_LABELS = 512
/** A picture of 16.5 KiB as base64 is the longest value there is. */
const LONGEST_VALUE = 32_768
/** The longest name of a key, below a server's and the prefix, has 40 characters. */
const LONGEST_NAME = 256
/** Of all names and values of one container: seven pictures and as much again. */
const MOST_CHARACTERS = 524_288

/** Problems of one server that are told a line each. */
const SHOWN_PROBLEMS = 5

/**
 * Why the labels of one container are too many or too long to be read at all; undefined where they are not. What they cost
 * is memory of the proxy and lines of its log, and whoever labels containers pays for neither.
 *
 * @param labels those under the prefix
 */
export function excessOf(labels: ReadonlyMap<string, string>): string | undefined {
  if (labels.size > MOST_LABELS) return `has ${labels.size} labels for the proxy; ${MOST_LABELS} are read at most`
  let characters = 0
  for (const [name, value] of labels) {
    characters += name.length + value.length
    if (name.length > LONGEST_NAME)
      return `has a label for the proxy whose name is ${name.length} characters long; ${LONGEST_NAME} are read at most`
    if (value.length > LONGEST_VALUE)
      return `has a label for the proxy (${name}) of ${value.length} characters; ${LONGEST_VALUE} are read at most`
  }
  return characters > MOST_CHARACTERS
    ? `has labels for the proxy of ${characters} characters in all; ${MOST_CHARACTERS} are read at most`
    : undefined
}

/** The first few, and how many more there are. */
export function shortList(problems: readonly string[]): readonly string[] {
  const shown = problems.slice(0, SHOWN_PROBLEMS)
  const last = shown.at(-1)
  if (last === undefined || problems.length === shown.length) return problems
  return [...shown.slice(0, -1), `${last} (and ${problems.length - shown.length} more)`]
}
