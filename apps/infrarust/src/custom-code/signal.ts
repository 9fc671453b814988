import { asStranger } from '../custom-code/context.ts'

/** The same signal for a provider: what its listeners throw when it aborts is known to be its own. */
export function signalFor(use: string, signal: AbortSignal): AbortSignal {
  const own = new AbortController()
  const abort = (): void => asStranger(use, () => own.abort(signal.reason))
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort, { once: true })
  return own.signal
}
