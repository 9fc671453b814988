import { useEffect, useState } from 'preact/hooks'
import { ApiError } from '../api/api-error.ts'
import { ask } from '../api/ask.ts'
import { forgetKey, keepKey } from '../api/key.ts'

export interface SignInProps {
  readonly why: string | undefined
  readonly onSignedIn: () => void
}

/** By the key of the configuration, or by the ticket in the fragment of a link that `infrarust web login` prints. */
export function SignIn({ why, onSignedIn }: SignInProps) {
  const [key, setKey] = useState('')
  const [said, setSaid] = useState(why)
  const [isBusy, setBusy] = useState(false)
  useEffect(() => {
    document.title = 'Sign in · Infrarust'
    const [, ticket] = /^#ticket=([\w.~-]+)$/.exec(location.hash) ?? []
    if (ticket === undefined) return
    // It is used up with this, and should stand in no history.
    history.replaceState(null, '', '#/overview')
    void enter(async () => (await ask<{ key: string }>('/web/session', { method: 'POST', body: { ticket } })).key)
  }, [])

  async function enter(keyOf: () => Promise<string> | string): Promise<void> {
    setBusy(true)
    try {
      keepKey(await keyOf())
      await ask('/status')
      onSignedIn()
    } catch (error) {
      forgetKey()
      setSaid(error instanceof ApiError ? error.message : String(error))
    } finally {
      setBusy(false)
    }
  }

  return (
    <main class="sign-in">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (key.trim() !== '') void enter(() => key.trim())
        }}
      >
        <h1>Infrarust</h1>
        <p>
          Open the link that <code>infrarust web login</code> prints on the machine of the proxy, or enter its key.
        </p>
        <label for="key">Key</label>
        <input
          id="key"
          type="password"
          autocomplete="current-password"
          value={key}
          onInput={(event) => setKey(event.currentTarget.value)}
        />
        <button type="submit" disabled={isBusy}>
          Sign in
        </button>
        {said !== undefined && (
          <p class="problem" role="alert">
            {said}
          </p>
        )}
        <p class="hint">
          The key is <code>api_key</code> of <code>[web]</code>; <code>read_key</code> shows everything and changes
          nothing. It is kept by this tab until it is closed.
        </p>
      </form>
    </main>
  )
}
