/** One event of a stream. */
export interface StreamEvent {
  readonly name: string
  /** JSON. */
  readonly data: string
}

/** Reads a stream of events, however it is cut. What no empty line ends is no event, and comments are none. */
export class SseReader {
  #rest = ''

  /** @returns the events that are complete with this piece */
  read(piece: string): readonly StreamEvent[] {
    const blocks = (this.#rest + piece).split('\n\n')
    this.#rest = blocks.pop() ?? ''
    return blocks.flatMap(eventOf)
  }
}

function eventOf(block: string): readonly StreamEvent[] {
  const lines = block.split('\n')
  const valuesOf = (field: string): readonly string[] =>
    lines.filter((line) => line.startsWith(`${field}:`)).map((line) => line.slice(field.length + 1).replace(/^ /, ''))
  const data = valuesOf('data')
  return data.length === 0 ? [] : [{ name: valuesOf('event').at(-1) ?? 'message', data: data.join('\n') }]
}
