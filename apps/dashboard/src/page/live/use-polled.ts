import { useEffect, useState } from 'preact/hooks'
import { ApiError } from '../api/api-error.ts'
import { ask } from '../api/ask.ts'
import { useSession } from './session.ts'

export interface Polled<Data> {
  /** The latest answer; it stays while the proxy cannot be asked. */
  readonly data: Data | undefined
  readonly error: ApiError | undefined
  /** Asks now: something was changed. */
  readonly again: () => void
}

/** While there is no answer yet. */
const FIRST_MS = 3_000

/**
 * Asks again and again, as long as somebody looks at it: a hidden tab asks nothing.
 *
 * @param every milliseconds, or what makes them of the latest answer; of a function always the same one
 */
export function usePolled<Data>(path: string | undefined, every: number | ((data: Data) => number)): Polled<Data> {
  const [answer, setAnswer] = useState<Omit<Polled<Data>, 'again'>>({ data: undefined, error: undefined })
  const [asked, setAsked] = useState(0)
  const { onAnswer } = useSession()
  useEffect(() => {
    if (path === undefined) return
    const gone = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    let everyMs = typeof every === 'number' ? every : FIRST_MS
    const look = async (): Promise<void> => {
      let nextMs = everyMs
      try {
        if (!document.hidden) {
          const data = await ask<Data>(path, { signal: gone.signal })
          onAnswer(undefined)
          if (typeof every === 'function') everyMs = every(data)
          setAnswer({ data, error: undefined })
        }
      } catch (thrown) {
        if (gone.signal.aborted) return
        const error = thrown instanceof ApiError ? thrown : new ApiError('unreachable', String(thrown))
        onAnswer(error)
        setAnswer(({ data }) => ({ data, error }))
        nextMs = error.retryAfterMs ?? (error.code === 'unreachable' ? Math.min(everyMs, 2_000) : everyMs)
      }
      if (!gone.signal.aborted) timer = setTimeout(look, nextMs)
    }
    const onVisible = (): void => {
      if (document.hidden) return
      clearTimeout(timer)
      void look()
    }
    document.addEventListener('visibilitychange', onVisible)
    void look()
    return () => {
      gone.abort()
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', onVisible)
    }
  }, [path, every, asked])
  return { ...answer, again: () => setAsked((count) => count + 1) }
}
