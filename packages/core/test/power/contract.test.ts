import { serverPowerContract } from '../../src/testing/index.ts'
import { FakeServer, fakePower } from './fake-power.ts'

serverPowerContract('the fake', async () => {
  const server = new FakeServer()
  return {
    open: () => fakePower(server),
    openBroken: () => fakePower(server, true),
    starts: () => server.starts,
    endByItself: async () => {
      server.state = 'crashed'
    },
    dispose: () => Promise.resolve(),
  }
})
