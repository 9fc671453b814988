/** One event of a stream. */
export type SentEvent =
  | { readonly kind: 'data'; readonly data: unknown }
  | { readonly kind: 'end' }
  | { readonly kind: 'error'; readonly code: string; readonly message: string }

/** What shows that the stream is alive while nothing happens. */
export const SSE_COMMENT = ':\n\n'

/** As it is written; data that says its `kind` is an event of that name, other data an `item`. */
export function sseBytes(event: SentEvent): Uint8Array {
  switch (event.kind) {
    case 'data':
      return block(kindOf(event.data), event.data)
    case 'end':
      return block('end', {})
    case 'error':
      return block('error', { code: event.code, message: event.message })
  }
}

/** A written event as it is read again; nothing for a comment. */
export interface ReadEvent {
  readonly name: string
  /** JSON. */
  readonly data: string
}

/** Reads events of what `sseBytes` has written, however it is cut. What no empty line ends is no event. */
export async function* readEvents(pieces: AsyncIterable<string>): AsyncGenerator<ReadEvent, void> {
  let rest = ''
  for await (const piece of pieces) {
    const blocks = (rest + piece).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const lines of blocks) {
      const [, name, data] = /^event: (.*)\ndata: (.*)$/.exec(lines) ?? []
      if (name !== undefined && data !== undefined) yield { name, data }
    }
  }
}

/** JSON has no line end of its own, so that an event is two lines. */
function block(name: string, data: unknown): Uint8Array {
  return Buffer.from(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`)
}

function kindOf(data: unknown): string {
  const kind = typeof data === 'object' && data !== null && 'kind' in data ? data.kind : undefined
  return typeof kind === 'string' ? kind : 'item'
}
