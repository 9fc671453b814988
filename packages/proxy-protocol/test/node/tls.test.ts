import { once } from 'node:events'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, type Server, Socket } from 'node:net'
import { connect as connectTls, createServer as createTlsServer, TLSSocket, type TlsOptions } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { encode } from '../../src/index.ts'
import { connect, expectProxyHeader, proxyHeaderOf } from '../../src/node/index.ts'

const header = {
  command: 'PROXY',
  source: { address: '203.0.113.7', port: 54321 },
  destination: { address: '198.51.100.2', port: 443 },
} as const

/** A shared key, so that no certificate is needed. */
const psk = Buffer.from('d731ef57be09e5204f0b205b60627028', 'hex')
const options: TlsOptions = { pskCallback: () => psk, ciphers: 'PSK', maxVersion: 'TLSv1.2' }

async function ask(server: Server, request: string): Promise<string> {
  expectProxyHeader(server, { trusted: ['127.0.0.1'] })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const socket = connectTls({
    socket: connect({ port, host: '127.0.0.1' }, header),
    pskCallback: () => ({ psk, identity: 'client' }),
    ciphers: 'PSK',
    checkServerIdentity: () => undefined,
  })
  socket.write(request)
  let text = ''
  for await (const chunk of socket) text += chunk
  server.close()
  await once(server, 'close')
  return text
}

describe('a header before TLS', () => {
  it('names the client on the TLS socket', async () => {
    const server = createTlsServer(options, (socket) => {
      socket.end(`${socket.remoteAddress} ${socket.remotePort} ${proxyHeaderOf(socket)?.command}`)
    })
    expect(await ask(server, 'hello')).toBe('203.0.113.7 54321 PROXY')
  })

  it('names the client in an HTTPS request', async () => {
    const server = createHttpsServer(options, (request, response) => response.end(request.socket.remoteAddress))
    expect(await ask(server, 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toMatch(/\r\n203\.0\.113\.7$/)
  })

  it('names nobody once its connection is over, whoever has the same end point then', async () => {
    const server = createTlsServer(options)
    expectProxyHeader(server, { trusted: ['192.0.2.1'], mode: 'optional' })
    const fromPeer = <S extends Socket>(socket: S): S =>
      Object.defineProperties(socket, {
        remoteAddress: { value: '192.0.2.1', configurable: true },
        remotePort: { value: 5, configurable: true },
      })
    const clientAddressOf = (socket: TLSSocket) => {
      server.emit('secureConnection', fromPeer(socket))
      return socket.remoteAddress
    }

    const first = fromPeer(new Socket())
    const passed = once(server, 'connection')
    server.emit('connection', first)
    first.push(encode(header))
    await passed
    expect(clientAddressOf(new TLSSocket(first))).toBe('203.0.113.7')
    first.destroy()
    await once(first, 'close')
    expect(clientAddressOf(new TLSSocket(new Socket()))).toBe('192.0.2.1')
  })
})
