import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Peer } from './peer.ts'
import type { Play } from './play.ts'
import { relayed } from './relay-cases.ts'
import { poll } from './waiting.ts'

/** The kernel's table of sockets is where keep-alive shows. */
export const hasSocketTable: boolean = process.platform === 'linux'

/** Column `tr` of the table: 02 is the keep-alive timer. @see proc_pid_net(5) */
const KEEP_ALIVE_TIMER = '02'

export function keepAliveCases(play: Play): void {
  describe.runIf(hasSocketTable)('keep-alive', () => {
    it('probes both sides of a relay', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, backend } = await relayed(stage)
          for (const peer of [client, backend])
            await poll('a keep-alive timer', () => timerOf(peer) === KEEP_ALIVE_TIMER || undefined)
        },
      ))

    it('takes new settings over for the relays that come', () =>
      play(
        () => undefined,
        async (stage) => {
          const settings = { initialDelayMs: 60_000, intervalMs: 10_000, probes: 3 }
          stage.transport.keepAlive({ isEnabled: false, ...settings })
          const without = await relayed(stage)
          stage.transport.keepAlive({ isEnabled: true, ...settings })
          const later = await relayed(stage)
          for (const peer of [later.client, later.backend])
            await poll('a keep-alive timer', () => timerOf(peer) === KEEP_ALIVE_TIMER || undefined)
          expect(timerOf(without.client)).toBe('00')
          expect(timerOf(without.backend)).toBe('00')
        },
      ))
  })
}

/** The timer of the socket of ours at the other end. By both ports: all backend sockets of a test are dialled at one. */
function timerOf({ socket: { localPort, remotePort } }: Peer): string | undefined {
  const [own, ours] = [localPort, remotePort].map((port) => (port ?? 0).toString(16).toUpperCase().padStart(4, '0'))
  const row = new RegExp(`^ *\\d+: [0-9A-F]+:${ours} [0-9A-F]+:${own} 01 \\S+ (\\d\\d):`, 'm')
  return row.exec(readFileSync('/proc/net/tcp', 'latin1'))?.[1]
}
