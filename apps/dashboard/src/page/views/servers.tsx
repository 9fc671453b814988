import { useMemo, useRef, useState } from 'preact/hooks'
import type { Maintenance, ManagedServer, Provider, Server, Status } from '../api/answers.ts'
import { ask } from '../api/ask.ts'
import { useAction } from '../live/use-action.ts'
import { usePolled } from '../live/use-polled.ts'
import { useServerStatus } from '../live/use-server-status.ts'
import { shownText } from '../model/shown-text.ts'
import { countText, durationText, timeText } from '../model/units.ts'
import { ActionButton } from '../parts/action-button.tsx'
import { DoctorReport } from '../parts/doctor-report.tsx'
import { Outcome } from '../parts/outcome.tsx'
import { Power } from '../parts/power.tsx'
import { Problem } from '../parts/problem.tsx'
import { Said } from '../parts/said.tsx'
import { ServerMotd } from '../parts/server-motd.tsx'
import { type Mark, StateMark } from '../parts/state-mark.tsx'

const EVERY_MS = 5_000
const SELDOM_MS = 15_000

/** Every server that is served: where it comes from, how it is, who is on it, and what can be done about it. */
export function Servers() {
  const { data: servers, error, again } = usePolled<readonly Server[]>('/servers', EVERY_MS)
  const { data: providers } = usePolled<readonly Provider[]>('/providers', SELDOM_MS)
  const { data: status } = usePolled<Status>('/status', SELDOM_MS)
  const { data: maintenance, again: maintenanceAgain } = usePolled<readonly Maintenance[]>('/maintenance', SELDOM_MS)
  const { data: managed, again: managedAgain } = usePolled<readonly ManagedServer[]>('/servers/power', EVERY_MS)
  const [filter, setFilter] = useState('')
  const found = useMemo(() => {
    const word = filter.trim().toLowerCase()
    return servers?.filter(({ id, domains, addresses }) =>
      [id, ...domains, ...addresses].some((text) => text.toLowerCase().includes(word)),
    )
  }, [servers, filter])
  const faults = [...new Set(providers?.flatMap(({ conflicts, problems }) => [...conflicts, ...problems]))]
  const changed = (): void => {
    again()
    maintenanceAgain()
    managedAgain()
  }
  return (
    <>
      <div class="toolbar">
        <label>
          Filter <input type="search" value={filter} onInput={(event) => setFilter(event.currentTarget.value)} />
        </label>
        <span role="status" class="dim">
          {found === undefined ? 'asking…' : countText(found.length, 'server')}
        </span>
      </div>
      <Problem error={servers === undefined ? error : undefined} />
      {faults.length > 0 && (
        <ul class="faults" aria-label="Conflicts and problems">
          {faults.map((text) => (
            <li key={text}>
              <StateMark mark="warn">conflict</StateMark> <span>{shownText(text, 1_000)}</span>
            </li>
          ))}
        </ul>
      )}
      {servers?.length === 0 && (
        <p class="empty">
          There is no server yet: <code>infrarust add</code> writes the file of one.
        </p>
      )}
      <div class="cards">
        {found?.map((server) => (
          <ServerCard
            key={server.id}
            server={server}
            power={managed?.find(({ id }) => id === server.id)}
            slow={status?.slow_endpoints ?? []}
            maintenance={maintenance?.find(({ server: id }) => id === server.id || id === null)}
            onChanged={changed}
          />
        ))}
      </div>
      <MaintenanceOfAll isOn={maintenance?.some(({ server }) => server === null) === true} onChanged={changed} />
    </>
  )
}

interface ServerCardProps {
  readonly server: Server
  /** Undefined: it is not started and stopped here. */
  readonly power: ManagedServer | undefined
  readonly slow: Status['slow_endpoints']
  readonly maintenance: Maintenance | undefined
  readonly onChanged: () => void
}

const MARKS: Readonly<Record<string, Mark>> = {
  online: 'ok',
  starting: 'warn',
  stopping: 'warn',
  crashed: 'bad',
  down: 'bad',
}

function ServerCard({ server, power, slow, maintenance, onChanged }: ServerCardProps) {
  const { id, provider, domains, addresses, sessions, source, place, send_proxy_protocol: sends } = server
  const [isAsking, setAsking] = useState(false)
  const [action, run] = useAction()
  const isOn = server.maintenance
  const card = useRef<HTMLElement>(null)
  const shown = useServerStatus(id, card)
  const isDown = shown?.state === 'down'
  const said = power?.state ?? server.state
  // What a provider calls online may answer nobody.
  const state = isDown && said === 'online' ? 'down' : said
  const toggle = async (): Promise<string> => {
    if (isOn) await ask('/maintenance', { method: 'DELETE', query: { server: id } })
    else await ask('/maintenance', { method: 'PUT', body: { server: id } })
    onChanged()
    return isOn ? 'players may join again' : 'players are kept out from now on; sessions go on'
  }
  return (
    <article ref={card} class="card" aria-label={shownText(id, 64)}>
      <header>
        <h2>
          <Said text={id} characters={64} />
        </h2>
        <StateMark mark={MARKS[state] ?? 'idle'}>{state}</StateMark>
        {isOn && <StateMark mark="warn">maintenance</StateMark>}
        <span class="spacer" />
        <span class="number">{countText(sessions, 'player')}</span>
      </header>
      <ServerMotd shown={shown} />
      <dl>
        <dt>Domains</dt>
        <dd>
          {domains.map((domain) => (
            <span key={domain} class="tag mono">
              <Said text={domain} />
            </span>
          ))}
          {server.default && <span class="tag">every other domain</span>}
        </dd>
        <dt>Addresses</dt>
        <dd>
          {addresses.map((address) => (
            <AddressLine key={address} address={address} slow={slow} isDown={isDown} />
          ))}
        </dd>
        <dt>Header sent</dt>
        <dd>{sends === false ? 'none: it sees the address of the proxy' : `PROXY v${sends}`}</dd>
        <dt>From</dt>
        <dd class="mono">
          <Said text={place ?? (source.includes(provider) ? source : `${provider}: ${source}`)} />
        </dd>
        {isOn && maintenance !== undefined && (
          <>
            <dt>Maintenance</dt>
            <dd>
              since {timeText(maintenance.since)}
              {maintenance.text !== undefined && (
                <>
                  , <Said text={maintenance.text} />
                </>
              )}
            </dd>
          </>
        )}
      </dl>
      {power !== undefined && <Power power={power} onChanged={onChanged} />}
      <div class="buttons">
        <ActionButton onClick={() => setAsking(true)} disabled={isAsking}>
          Doctor
        </ActionButton>
        <ActionButton onClick={() => void run(toggle)}>{isOn ? 'End maintenance' : 'Maintenance'}</ActionButton>
      </div>
      <Outcome state={action} />
      {isAsking && <DoctorReport server={id} onDone={() => setAsking(false)} />}
    </article>
  )
}

interface AddressLineProps {
  readonly address: string
  readonly slow: Status['slow_endpoints']
  /** None of the addresses answered. */
  readonly isDown: boolean
}

function AddressLine({ address, slow, isDown }: AddressLineProps) {
  const found = slow.find(({ endpoint }) => endpoint === address)
  return (
    <div class="address">
      <span class="mono">
        <Said text={address} />
      </span>{' '}
      {found === undefined ? (
        !isDown && <span class="dim">no failure lately</span>
      ) : (
        <StateMark mark="bad">{`did not answer, tried last for ${durationText(found.retry_in_ms)}`}</StateMark>
      )}
    </div>
  )
}

function MaintenanceOfAll({ isOn, onChanged }: { readonly isOn: boolean; readonly onChanged: () => void }) {
  const [action, run] = useAction()
  const toggle = async (): Promise<string> => {
    await ask('/maintenance', isOn ? { method: 'DELETE' } : { method: 'PUT', body: {} })
    onChanged()
    return isOn ? 'players may join again' : 'players are kept out of every server from now on'
  }
  return (
    <section class="aside" aria-label="Maintenance of all servers">
      <ActionButton onClick={() => void run(toggle)}>
        {isOn ? 'End the maintenance of all servers' : 'Maintenance of all servers'}
      </ActionButton>
      <Outcome state={action} />
    </section>
  )
}
