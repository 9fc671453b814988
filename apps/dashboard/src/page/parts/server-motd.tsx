import type { ServerStatus } from '../live/use-server-status.ts'
import { countText } from '../model/units.ts'
import { Motd } from './motd.tsx'
import { Said } from './said.tsx'

/** What players see of a server in their list. */
export function ServerMotd({ shown }: { readonly shown: ServerStatus | undefined }) {
  const status = shown?.status
  if (shown?.state === 'down') return <p class="dim">It did not answer a list ping: players see that it is down.</p>
  if (shown?.state === 'asleep') return <p class="dim">It is not up, and is not asked: the proxy answers for it.</p>
  if (typeof status !== 'object' || status === null) return null
  const { description, favicon, players, version } = status
  return (
    <>
      <Motd description={description} favicon={typeof favicon === 'string' ? favicon : undefined} />
      <p class="dim">
        {typeof players?.online === 'number' &&
          `the server says ${countText(players.online, 'player')}${typeof players.max === 'number' ? ` of ${players.max.toLocaleString('en')}` : ''}`}
        {typeof version?.name === 'string' && (
          <>
            , <Said text={version.name} characters={64} />
          </>
        )}
      </p>
    </>
  )
}
