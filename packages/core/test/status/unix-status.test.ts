import { decodeHandshake } from '@infrarust/minecraft'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BackendNames, type Server, statusFetcher } from '../../src/index.ts'
import { SocketFolder } from '../../src/testing/transport/socket-folder.ts'
import { server as makeServer } from '../provider/server.ts'
import { Backend, type Seen, STATUS_JSON, statusReply } from './backend.ts'

let folder: SocketFolder
let backend: Backend | undefined
beforeEach(() => {
  folder = new SocketFolder()
})
afterEach(async () => {
  await backend?.stop()
  backend = undefined
  folder.remove()
})

const names = new BackendNames({ lookUp: () => Promise.reject(new Error('nobody is asked')), log: () => {} })
const fetch = statusFetcher(names)

function serverAt(changes: Partial<Server> = {}): Server {
  const addresses = [{ host: folder.socket('paper.sock'), port: undefined }]
  return makeServer({ id: 's', domains: ['*.example.com'], addresses, ...changes })
}

async function start(answer: (seen: Seen) => Uint8Array | 'close'): Promise<Backend> {
  backend = await Backend.start(answer, `${folder.path}/paper.sock`)
  return backend
}

function ask(server: Server, domain?: string) {
  return fetch({ server, domain, protocol: 765, timeoutMs: 20_000 })
}

describe('the status of a server at a Unix socket', () => {
  it('is fetched, under a name that a server can have', async () => {
    const { seen } = await start(() => statusReply())
    expect(await ask(serverAt())).toEqual({ kind: 'status', json: STATUS_JSON })
    expect(await ask(serverAt(), 'a.example.com')).toEqual({ kind: 'status', json: STATUS_JSON })
    const asked = seen.map(({ rest }) => decodeHandshake(rest))
    expect(asked).toMatchObject([
      { value: { host: 'localhost', port: 25_565 } },
      { value: { host: 'a.example.com', port: 25_565 } },
    ])
  })

  it.each([
    [1, 'UNKNOWN'],
    [2, 'LOCAL'],
  ] as const)('is asked for with a header of version %i that names nobody', async (sendProxyProtocol, _) => {
    const { seen } = await start(() => statusReply())
    expect(await ask(serverAt({ sendProxyProtocol }))).toMatchObject({ kind: 'status' })
    expect(seen[0]?.header?.family).not.toMatch(/^IP/)
  })

  // Paper closes on LOCAL, and a socket has no addresses of its own that could stand in PROXY.
  it('is asked for as this machine where LOCAL is not answered', async () => {
    const { seen } = await start(({ header }) => (header?.command === 'LOCAL' ? 'close' : statusReply()))
    expect(await ask(serverAt({ sendProxyProtocol: 2 }))).toMatchObject({ kind: 'status' })
    expect(seen.at(-1)?.header).toMatchObject({
      command: 'PROXY',
      source: { address: '127.0.0.1', port: 0 },
      destination: { address: '127.0.0.1', port: 0 },
    })
  })

  it('fails where there is no socket, and says where', async () => {
    const failed = await ask(serverAt())
    expect(failed).toMatchObject({ kind: 'failed' })
    expect('message' in failed && failed.message).toMatch(/^gave no status at unix:\/.*paper\.sock: .*ENOENT/)
  })
})
