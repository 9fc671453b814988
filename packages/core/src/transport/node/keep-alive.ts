import type { Socket } from 'node:net'
import type { KeepAlive } from '../contract.ts'

/** Has the kernel probe a socket that may be silent for long. */
export function probe(socket: Socket, { isEnabled, initialDelayMs, intervalMs, probes }: KeepAlive): void {
  if (isEnabled)
    socket.setKeepAlive({ enable: true, initialDelay: initialDelayMs, interval: intervalMs, count: probes })
}
