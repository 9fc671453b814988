import { PowerError, type PowerReading, type ServerPower } from '../../src/entries/server-power.ts'

/** A server that is up a moment after it was ordered to be. */
export class FakeServer {
  state: PowerReading['state'] = 'stopped'
  starts = 0
}

/** The power of a fake server. */
export function fakePower(server: FakeServer, isBroken = false): ServerPower {
  return {
    async state(signal) {
      signal.throwIfAborted()
      const { state } = server
      if (state === 'starting') server.state = 'running'
      if (state === 'stopping') server.state = 'stopped'
      return { state }
    },
    async start(signal) {
      signal.throwIfAborted()
      if (isBroken) throw new PowerError('unreachable', 'the fake is out of order')
      if (server.state === 'running' || server.state === 'starting') return
      server.state = 'starting'
      server.starts++
    },
    async stop(signal) {
      signal.throwIfAborted()
      if (server.state !== 'stopped') server.state = 'stopping'
    },
    log: () => Promise.resolve(['fake']),
    close: () => Promise.resolve(),
  }
}
