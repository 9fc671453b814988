import { once } from 'node:events'
import { createServer } from 'node:http'
import { providerContract } from '@infrarust/core/testing'
import httpProvider from './http-provider.ts'

providerContract('HTTP', async () => {
  // The source: a web server in this process, which the suite can change and break.
  const servers = new Map<string, object>()
  let status = 200
  const source = createServer((_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify([...servers.values()]))
  })
  await once(source.listen(0, '127.0.0.1'), 'listening')
  const address = source.address()
  const url = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}/` : ''
  return {
    provider: () => httpProvider({ url, interval_seconds: 0.02 }, { baseDir: '.' }),
    put: async (key, domains) => void servers.set(key, { name: key, domains, addresses: ['127.0.0.1:25566'] }),
    spoil: async (key) => void servers.set(key, { name: key, domains: 1 }),
    remove: async (key) => void servers.delete(key),
    makeUnreadable: async () => {
      status = 500
    },
    makeReadable: async () => {
      status = 200
    },
    dispose: async () => {
      source.close().closeAllConnections()
    },
  }
})
