import type { ListPing, PingResult } from '../doctor/list-ping.ts'

/** One way to ask for the status of a domain. */
export interface Way {
  readonly kind: 'through' | 'past'
  /** `host:port`, as people know it: of a listener, of a backend. */
  readonly shownAs: string
  /** The version of the PROXY header that is sent. */
  readonly sends: false | 1 | 2
  readonly target: Target
}

type Target =
  | ({ readonly kind: 'ask' } & Pick<ListPing, 'endpoint' | 'address'>)
  /** Nobody is asked there; `message` says why. */
  | { readonly kind: 'none'; readonly result: 'loop' | 'unreachable' | 'not_asked'; readonly message: string }

/** What came of it; printed as it is by `ping --json`. Texts of the server are as it has sent them. */
export interface WayFindings {
  readonly way: Way['kind']
  readonly address: string
  readonly sends: Way['sends']
  readonly result: PingResult | 'not_asked'
  /** Why there is no answer. */
  readonly error: string | null
  /** From the dial to the whole answer. */
  readonly latency_ms: number | null
  readonly status: StatusFindings | null
}

export interface StatusFindings {
  readonly version: string
  /** -1 where the status has none. */
  readonly protocol: number
  readonly players: { readonly online: number; readonly max: number } | null
  /** Without colours. */
  readonly motd: string
}
