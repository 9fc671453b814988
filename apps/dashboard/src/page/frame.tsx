import type { FunctionComponent } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { ApiError } from './api/api-error.ts'
import { useSession } from './live/session.ts'
import { READ_ONLY_ID } from './parts/action-button.tsx'
import { StateMark } from './parts/state-mark.tsx'
import { Bans } from './views/bans.tsx'
import { Config } from './views/config.tsx'
import { Log } from './views/log.tsx'
import { Overview } from './views/overview.tsx'
import { Paths } from './views/paths.tsx'
import { Servers } from './views/servers.tsx'
import { Sessions } from './views/sessions.tsx'

interface View {
  readonly path: string
  readonly title: string
  readonly component: FunctionComponent
}

const OVERVIEW: View = { path: 'overview', title: 'Overview', component: Overview }
const VIEWS: readonly View[] = [
  OVERVIEW,
  { path: 'paths', title: 'Paths', component: Paths },
  { path: 'sessions', title: 'Sessions', component: Sessions },
  { path: 'servers', title: 'Servers', component: Servers },
  { path: 'bans', title: 'Bans and rules', component: Bans },
  { path: 'log', title: 'Log', component: Log },
  { path: 'config', title: 'Config', component: Config },
]

export interface FrameProps {
  /** Why the proxy cannot be asked now. */
  readonly problem: ApiError | undefined
  readonly onSignOut: () => void
}

/** The navigation, the state of the link to the proxy, and one view. */
export function Frame({ problem, onSignOut }: FrameProps) {
  const { path, title, component: Shown } = useView()
  const { isReadOnly } = useSession()
  useEffect(() => {
    document.title = `${title} · Infrarust`
    // Each view begins at its top, and its name is in sight in the row of them on a phone.
    scrollTo(0, 0)
    document.querySelector('nav [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [title])
  return (
    <div class="frame">
      <button type="button" class="skip" onClick={() => document.getElementById('main')?.focus()}>
        To the content
      </button>
      <nav aria-label="Views">
        <span class="brand">Infrarust</span>
        <ul>
          {VIEWS.map((view) => (
            <li key={view.path}>
              <a href={`#/${view.path}`} {...(view.path === path && { 'aria-current': 'page' as const })}>
                {view.title}
              </a>
            </li>
          ))}
        </ul>
        <div class="nav-foot">
          <span role="status">
            {problem === undefined ? (
              <StateMark mark="ok">live</StateMark>
            ) : (
              <StateMark mark={problem.code === 'rate_limited' ? 'warn' : 'bad'}>
                {problem.code === 'rate_limited' ? 'slowed down' : 'no answer'}
              </StateMark>
            )}
          </span>
          <button type="button" class="quiet" onClick={onSignOut}>
            Sign out
          </button>
        </div>
      </nav>
      <main id="main" tabIndex={-1}>
        <h1>{title}</h1>
        {problem !== undefined && (
          <p class="problem" role="alert">
            {problem.code === 'rate_limited'
              ? `The proxy limits how often it is asked (${problem.message}). What you see is older than usual; requests_per_minute of [web.rate_limit] is the limit.`
              : 'The proxy does not answer. What you see is the last that it said; this page asks again by itself.'}
          </p>
        )}
        {isReadOnly && (
          <p class="note" id={READ_ONLY_ID}>
            You are signed in with read_key, which shows everything and changes nothing: the buttons for that are off.
            Sign in with api_key to use them.
          </p>
        )}
        <Shown key={path} />
      </main>
    </div>
  )
}

function useView(): View {
  const [hash, setHash] = useState(location.hash)
  useEffect(() => {
    const onHash = (): void => setHash(location.hash)
    addEventListener('hashchange', onHash)
    return () => removeEventListener('hashchange', onHash)
  }, [])
  const [, path] = /^#\/(\w+)/.exec(hash) ?? []
  return VIEWS.find((view) => view.path === path) ?? OVERVIEW
}
