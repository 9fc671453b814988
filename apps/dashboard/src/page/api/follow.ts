import { ApiError } from './api-error.ts'
import { send } from './ask.ts'
import { SseReader } from './sse-reader.ts'

export interface Followed {
  readonly query?: Readonly<Record<string, string | undefined>>
  /** Until then; aborting it is how a reader leaves. */
  readonly signal: AbortSignal
  readonly onEvent: (name: string, data: unknown) => void
  /** Told when it is there, and why it is not. */
  readonly onState?: (state: StreamState) => void
}

export type StreamState = { readonly kind: 'open' } | { readonly kind: 'lost'; readonly error: ApiError }

const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 8_000
/** A stream of the proxy says something every two seconds; on one that does not, nobody is left. */
const SILENCE_MS = 15_000

/** Reads a stream of events, and begins anew whenever it breaks off: the proxy may have been restarted. */
export async function follow(path: string, followed: Followed): Promise<void> {
  const { signal, onState } = followed
  let waitMs = FIRST_WAIT_MS
  while (!signal.aborted) {
    try {
      await readOnce(path, followed, () => {
        waitMs = FIRST_WAIT_MS
        onState?.({ kind: 'open' })
      })
    } catch (error) {
      if (signal.aborted) return
      onState?.({ kind: 'lost', error: error instanceof ApiError ? error : new ApiError('lost', String(error)) })
      if (error instanceof ApiError && error.code === 'unauthorized') return
      if (error instanceof ApiError && error.retryAfterMs !== undefined) waitMs = error.retryAfterMs
    }
    await pause(waitMs, signal)
    waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)
  }
}

async function readOnce(path: string, { query, signal, onEvent }: Followed, onOpen: () => void): Promise<void> {
  const silent = new AbortController()
  let timer = setTimeout(() => silent.abort(), SILENCE_MS)
  try {
    const all = AbortSignal.any([signal, silent.signal])
    const { body } = await send(path, { ...(query !== undefined && { query }), signal: all })
    if (body === null) return
    onOpen()
    const reader = new SseReader()
    const pieces = body.pipeThrough(new TextDecoderStream()).getReader()
    for (;;) {
      const { done, value } = await pieces.read()
      if (done) break
      clearTimeout(timer)
      timer = setTimeout(() => silent.abort(), SILENCE_MS)
      for (const { name, data } of reader.read(value)) onEvent(name, JSON.parse(data))
    }
    throw new ApiError('lost', 'the proxy has ended the stream')
  } finally {
    clearTimeout(timer)
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
