import { usePolled } from '../live/use-polled.ts'
import { Said } from './said.tsx'

/** Of `/limits`: clients that are near a limit of theirs. */
interface NearLimit {
  readonly limit: string
  readonly who: string
  readonly used: number
  readonly max: number
}

const EVERY_MS = 5_000

/** Who is near a limit: the fullest first. */
export function LimitUse() {
  const { data } = usePolled<{ readonly near: readonly NearLimit[] }>('/limits', EVERY_MS)
  if (data === undefined) return null
  return data.near.length === 0 ? (
    <p class="dim">Nobody is near one of them.</p>
  ) : (
    <ul class="limit-use">
      {data.near.map(({ limit, who, used, max }) => (
        <li key={`${limit} ${who}`}>
          <span class="mono">
            <Said text={who} />
          </span>{' '}
          <meter min={0} max={max} high={max * 0.8} value={used} aria-label={`${limit} of ${who.slice(0, 64)}`} />{' '}
          {used.toLocaleString('en')} of {max.toLocaleString('en')} <span class="dim">{limit}</span>
        </li>
      ))}
    </ul>
  )
}
