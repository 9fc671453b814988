import { once } from 'node:events'
import { createServer } from 'node:http'
import { serverPowerContract } from '@infrarust/core/testing'
import httpPower from './http-power.ts'

const setup = async () => {
  // The service: a web server in this process, and a server that is up as soon as somebody looks at it.
  let state = 'off'
  let starts = 0
  const service = createServer(({ method, url = '', headers }, response) => {
    if (headers.authorization !== 'Bearer a secret') return void response.writeHead(403).end('{}')
    if (state === 'booting') state = 'on'
    if (state === 'saving') state = 'off'
    if (method === 'POST' && url.endsWith('/start') && (state === 'off' || state === 'failed')) {
      state = 'booting'
      starts++
    }
    if (method === 'POST' && url.endsWith('/stop') && state === 'on') state = 'saving'
    response.end(JSON.stringify({ state }))
  })
  await once(service.listen(0, '127.0.0.1'), 'listening')
  const address = service.address()
  const url = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : ''
  const context = {
    server: { id: 'lobby', provider: 'file', key: 'lobby', source: 'servers/lobby.toml' },
    folder: '.',
    stateFolder: '.',
    notice: () => undefined,
  }
  return {
    open: () => httpPower({ url, token: 'a secret' }, context),
    openBroken: () => httpPower({ url, token: 'another secret' }, context),
    starts: () => starts,
    endByItself: async () => {
      state = 'failed'
    },
    secret: 'another secret',
    dispose: async () => {
      service.close().closeAllConnections()
    },
  }
}

// Outside of this repository a module throws what it has: an Error of one line.
serverPowerContract('HTTP', setup, { errors: 'any' })
