import { inspect, types } from 'node:util'

/** Longer than any line of a log should be. */
const TEXT_CHARACTERS = 1_000

/**
 * What somebody else's code has thrown, in one line. It may be anything: nothing, a text, an object whose getters throw, a
 * Proxy. No code of it runs here but getters of an error, and this never throws.
 */
export function thrownText(thrown: unknown): string {
  return boundedLine(textOf(thrown))
}

/** The same, of its first line alone: Node appends who required a module, and the whole chain above it. */
export function thrownFirstLine(thrown: unknown): string {
  return boundedLine(textOf(thrown).split('\n', 1)[0] ?? '')
}

/** Its stack where it is an error that has one; ''. */
export function thrownStack(thrown: unknown): string {
  return errorField(thrown, 'stack')
}

/** A line of the log is one message, and a stranger's errors have several lines, or a page of HTML. */
export function boundedLine(text: string): string {
  // Cut first: what is a hundred megabytes long is not searched.
  const start = text.slice(0, 4 * TEXT_CHARACTERS).trim()
  const line = start.replaceAll(/\s*[\r\n]\s*/g, ' ')
  return line.length <= TEXT_CHARACTERS ? line : `${line.slice(0, TEXT_CHARACTERS)}…`
}

function textOf(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown
  if (isError(thrown)) return errorField(thrown, 'message') || errorField(thrown, 'name') || 'an error'
  try {
    // Shows a Proxy by what is behind it, and calls neither getters nor methods.
    return inspect(thrown, { customInspect: false, depth: 1, breakLength: Number.POSITIVE_INFINITY })
  } catch {
    return 'something that cannot be shown'
  }
}

function errorField(thrown: unknown, name: 'message' | 'name' | 'stack'): string {
  if (!isError(thrown)) return ''
  try {
    const value: unknown = thrown[name]
    return typeof value === 'string' ? value : ''
  } catch {
    return ''
  }
}

/** Also a DOMException, which is what an aborted `fetch` rejects with. */
function isError(thrown: unknown): thrown is Error {
  try {
    return types.isNativeError(thrown) || (!types.isProxy(thrown) && thrown instanceof Error)
  } catch {
    return false
  }
}
