import { useEffect, useState } from 'preact/hooks'
import { ask } from '../api/ask.ts'

/** Whether the key of this tab may look and change nothing. Until that is known nothing is taken away. */
export function useIsReadOnly(isSignedIn: boolean): boolean {
  const [isReadOnly, setReadOnly] = useState(false)
  useEffect(() => {
    setReadOnly(false)
    if (!isSignedIn) return
    const gone = new AbortController()
    ask<{ readonly access: string }>('/web/access', { signal: gone.signal })
      .then(({ access }) => setReadOnly(access === 'read'))
      .catch(() => {})
    return () => gone.abort()
  }, [isSignedIn])
  return isReadOnly
}
