import { useCallback, useEffect, useMemo, useState } from 'preact/hooks'
import type { ApiError } from './api/api-error.ts'
import { forgetKey, keptKey } from './api/key.ts'
import { Frame } from './frame.tsx'
import { SessionContext } from './live/session.ts'
import { useIsReadOnly } from './live/use-access.ts'
import { SignIn } from './views/sign-in.tsx'

/** The page: who has no key signs in, everybody else sees the views. */
export function App() {
  const [isSignedIn, setSignedIn] = useState(keptKey() !== undefined && !location.hash.startsWith('#ticket='))
  const [why, setWhy] = useState<string | undefined>(undefined)
  const [problem, setProblem] = useState<ApiError | undefined>(undefined)

  const signOut = useCallback((reason?: string) => {
    forgetKey()
    setWhy(reason)
    setProblem(undefined)
    setSignedIn(false)
  }, [])
  const isReadOnly = useIsReadOnly(isSignedIn)
  const session = useMemo(
    () => ({
      isReadOnly,
      onAnswer: (error: ApiError | undefined) => {
        if (error?.code === 'unauthorized') signOut('The key is not valid any more. Sign in again.')
        else setProblem(error !== undefined && isOutage(error) ? error : undefined)
      },
    }),
    [signOut, isReadOnly],
  )
  // A new link in a tab that is signed in already.
  useEffect(() => {
    const onHash = (): void => {
      if (location.hash.startsWith('#ticket=')) setSignedIn(false)
    }
    addEventListener('hashchange', onHash)
    return () => removeEventListener('hashchange', onHash)
  }, [])

  return (
    <SessionContext.Provider value={session}>
      {isSignedIn ? (
        <Frame problem={problem} onSignOut={() => signOut()} />
      ) : (
        <SignIn why={why} onSignedIn={() => setSignedIn(true)} />
      )}
    </SessionContext.Provider>
  )
}

/** What is no matter of one question: nobody answers, or something in between does. */
function isOutage({ code }: ApiError): boolean {
  return code === 'unreachable' || code === 'rate_limited' || code.startsWith('http_5')
}
