import type { Socket } from 'node:net'
import type { KeepAlive } from '../contract.ts'

/**
 * A relay is probed from then on. The kernel counts its silence from its last byte all the same, and a relay that is
 * over by then, as a list ping is, has saved eight system calls.
 */
export const PROBE_AFTER_MS = 1_000

/** Has the kernel probe a socket that may be silent for long. */
export function probe(socket: Socket, { isEnabled, initialDelayMs, intervalMs, probes }: KeepAlive): void {
  if (isEnabled)
    socket.setKeepAlive({ enable: true, initialDelay: initialDelayMs, interval: intervalMs, count: probes })
}
