import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../src/contenders.ts'
import { buildLoad, HEAD, holdIdle } from '../src/load.ts'

const CLIENTS = 3
const hasCompiler = spawnSync(process.env.CXX ?? 'c++', ['--version'], { stdio: 'ignore' }).error === undefined

describe.runIf(hasCompiler)('the load generator', () => {
  /** Stands for the proxy: passes each head on, all but its last byte first. */
  const proxy = createServer()
  const heads: Buffer[] = []
  const early: Buffer[] = []

  beforeAll(async () => {
    buildLoad()
    const backendPort = await freePort()
    proxy.on('connection', (client) => void pass(client, backendPort).catch(() => client.destroy()))
    proxy.listen(0, '127.0.0.1')
    await once(proxy, 'listening')
    const { port } = proxy.address() as AddressInfo
    await holdIdle(CLIENTS, port, backendPort, async () => {})
  })
  afterAll(() => void proxy.close())

  async function pass(client: Socket, backendPort: number): Promise<void> {
    const head = await bytesOf(client, HEAD.length)
    heads.push(head)
    const backend = connect(backendPort, '127.0.0.1').setNoDelay()
    backend.on('data', (data) => early.push(data))
    backend.write(head.subarray(0, -1))
    // The backend is one thread: when it has answered another connection, it has seen what came before.
    const other = connect(backendPort, '127.0.0.1', () => other.write(head))
    await bytesOf(other, 1)
    expect(early).toEqual([])
    backend.removeAllListeners('data')
    backend.write(head.subarray(-1))
    client.write(await bytesOf(backend, 1))
  }

  it('gives each client an address, a name and a UUID of its own', () => {
    expect(heads).toHaveLength(CLIENTS)
    for (const part of [(head: Buffer) => head.subarray(16, 20), nameOf, (head: Buffer) => head.subarray(-16)])
      expect(new Set(heads.map((head) => part(head).toString('hex'))).size).toBe(CLIENTS)
  })

  // A proxy that writes its header and the rest apart was answered after the header, and looked cheaper.
  it('answers a head when its last byte has come, and not before', () => {
    expect(heads).toHaveLength(CLIENTS)
    expect(early).toEqual([])
  })
})

function nameOf(head: Buffer): Buffer {
  const at = head.indexOf('Player')
  return head.subarray(at, at + 'Player00000'.length)
}

/** The first bytes that come, at least so many. */
async function bytesOf(socket: Socket, count: number): Promise<Buffer> {
  let bytes = Buffer.alloc(0)
  while (bytes.length < count) bytes = Buffer.concat([bytes, (await once(socket, 'data'))[0]])
  return bytes
}
