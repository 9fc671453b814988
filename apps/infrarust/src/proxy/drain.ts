import { setTimeout as wait } from 'node:timers/promises'

/** How often a draining proxy looks whether its last session has ended. */
const LOOK_MS = 50

/** Resolves when there is no connection any more, or when the time is over. */
export async function drained(connections: { readonly size: number }, timeoutMs: number): Promise<void> {
  const end = performance.now() + timeoutMs
  while (connections.size > 0 && performance.now() < end) await wait(Math.min(LOOK_MS, end - performance.now()))
}
