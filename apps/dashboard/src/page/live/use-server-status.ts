import type { RefObject } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { usePolled } from './use-polled.ts'

/** Of `/servers/{id}/health`: what the server list is told. */
export interface ServerStatus {
  readonly state: string
  readonly status: {
    readonly description?: unknown
    readonly favicon?: string
    readonly players?: { readonly online?: number; readonly max?: number }
    readonly version?: { readonly name?: string }
  } | null
}

const EVERY_MS = 60_000

/** What players see of a server in their list; asked while its place is in sight: there may be hundreds. */
export function useServerStatus(server: string, place: RefObject<Element | null>): ServerStatus | undefined {
  const [isSeen, setSeen] = useState(false)
  useEffect(() => {
    if (place.current === null) return
    const seen = new IntersectionObserver((entries) => setSeen(entries.at(-1)?.isIntersecting === true))
    seen.observe(place.current)
    return () => seen.disconnect()
  }, [place])
  const path = isSeen ? `/servers/${encodeURIComponent(server)}/health` : undefined
  return usePolled<ServerStatus>(path, EVERY_MS).data
}
