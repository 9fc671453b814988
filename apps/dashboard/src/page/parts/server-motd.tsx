import { usePolled } from '../live/use-polled.ts'
import { countText } from '../model/units.ts'
import { Motd } from './motd.tsx'
import { Said } from './said.tsx'

/** Of `/servers/{id}/health`: what the server list is told. */
interface ServerStatus {
  readonly state: string
  readonly status: {
    readonly description?: unknown
    readonly favicon?: string
    readonly players?: { readonly online?: number; readonly max?: number }
    readonly version?: { readonly name?: string }
  } | null
}

const EVERY_MS = 60_000

/** What players see of a server in their list. */
export function ServerMotd({ server }: { readonly server: string }) {
  const { data } = usePolled<ServerStatus>(`/servers/${encodeURIComponent(server)}/health`, EVERY_MS)
  const status = data?.status
  if (data?.state === 'down') return <p class="dim">It did not answer a list ping: players see that it is down.</p>
  if (data?.state === 'asleep') return <p class="dim">It is not up, and is not asked: the proxy answers for it.</p>
  if (typeof status !== 'object' || status === null) return null
  const { description, favicon, players, version } = status
  return (
    <>
      <Motd description={description} favicon={typeof favicon === 'string' ? favicon : undefined} />
      <p class="dim">
        {typeof players?.online === 'number' &&
          `the server says ${countText(players.online, 'player')}${typeof players.max === 'number' ? ` of ${players.max}` : ''}`}
        {typeof version?.name === 'string' && (
          <>
            , <Said text={version.name} characters={64} />
          </>
        )}
      </p>
    </>
  )
}
