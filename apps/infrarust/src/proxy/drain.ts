import { setTimeout as wait } from 'node:timers/promises'

/** How often a draining proxy looks whether its last session has ended. */
const LOOK_MS = 50

/** Resolves when there is no connection any more, when the time is over, or when nobody wants to wait any longer. */
export async function drained(
  connections: { readonly size: number },
  timeoutMs: number,
  endNow: AbortSignal,
): Promise<void> {
  const end = performance.now() + timeoutMs
  while (connections.size > 0 && performance.now() < end && !endNow.aborted)
    await wait(Math.min(LOOK_MS, end - performance.now()))
}
