import { inspect, types } from 'node:util'

/** Longer than any line of a log should be. */
const TEXT_CHARACTERS = 1_000

/**
 * What somebody else's code has thrown, in one line, with what caused it and what caused that: `fetch failed` alone tells
 * nobody that the port is wrong. It may be anything: nothing, a text, an object whose getters throw, a Proxy. No code of it
 * runs here but getters of an error, and this never throws.
 */
export function thrownText(thrown: unknown): string {
  return chainText(thrown, textOf)
}

/** The same, of the first line of each alone: Node appends who required a module, and the whole chain above it. */
export function thrownFirstLine(thrown: unknown): string {
  return chainText(thrown, (each) => textOf(each).split('\n', 1)[0] ?? '')
}

/** As many causes are followed; one more would be a loop that makes new errors. */
const MOST_CAUSES = 100

/** As many are shown, and the last of all. */
const SHOWN_CAUSES = 6

function chainText(thrown: unknown, text: (each: unknown) => string): string {
  const texts: string[] = []
  const seen = new Set<unknown>()
  for (let each = thrown; !seen.has(each) && seen.size < MOST_CAUSES; ) {
    seen.add(each)
    const own = boundedLine(text(each))
    // Who wraps an error often quotes it.
    if (own !== '' && !texts.some((before) => before.includes(own))) texts.push(own)
    const cause = causeOf(each)
    if (cause === undefined) break
    each = cause
  }
  const last = texts.length > SHOWN_CAUSES ? ['…', ...texts.slice(-1)] : []
  const shown = [...texts.slice(0, SHOWN_CAUSES - (last.length > 0 ? 1 : 0)), ...last]
  // The last one is what has to be mended, so no other one may crowd it out.
  return shown.map((each) => cut(each, TEXT_CHARACTERS / shown.length)).join(': ')
}

/** Of several errors at once, such as a refused connect to each address of a name, the first is as good as any. */
function causeOf(thrown: unknown): unknown {
  return errorValue(thrown, 'cause') ?? firstOf(errorValue(thrown, 'errors'))
}

function firstOf(errors: unknown): unknown {
  try {
    return Array.isArray(errors) ? errors[0] : undefined
  } catch {
    return undefined
  }
}

/** Its stack where it is an error that has one; ''. */
export function thrownStack(thrown: unknown): string {
  return errorField(thrown, 'stack')
}

/** Whether it is what ends who waits for this signal, or was caused by that. */
export function isAbort(thrown: unknown, signal: AbortSignal): boolean {
  const seen = new Set<unknown>()
  for (let each = thrown; each !== undefined && !seen.has(each) && seen.size < MOST_CAUSES; each = causeOf(each)) {
    if (each === signal.reason || errorField(each, 'name') === 'AbortError') return true
    seen.add(each)
  }
  return false
}

/** A line of the log is one message, and a stranger's errors have several lines, or a page of HTML. */
export function boundedLine(text: string): string {
  // Cut first: what is a hundred megabytes long is not searched.
  const start = text.slice(0, 4 * TEXT_CHARACTERS).trim()
  return cut(start.replaceAll(/\s*[\r\n]\s*/g, ' '), TEXT_CHARACTERS)
}

function cut(line: string, characters: number): string {
  return line.length <= characters ? line : `${line.slice(0, characters)}…`
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
  const value = errorValue(thrown, name)
  return typeof value === 'string' ? value : ''
}

function errorValue(thrown: unknown, name: 'message' | 'name' | 'stack' | 'cause' | 'errors'): unknown {
  if (!isError(thrown)) return undefined
  try {
    const { [name]: value }: Partial<Record<typeof name, unknown>> = thrown
    return value
  } catch {
    return undefined
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
