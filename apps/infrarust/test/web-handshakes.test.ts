import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { folderWith, until } from '@infrarust/test-kit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ClientCounts } from '../src/web/client-counts.ts'
import { Handshakes } from '../src/web/handshakes.ts'
import type { TlsFiles } from '../src/web/tls-files.ts'
import { serveWeb } from './web.ts'

const peer = (remotePort: number, remoteAddress = '203.0.113.7') => ({ remoteAddress, remotePort })

function certificate(): TlsFiles {
  const folder = folderWith({})
  const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1']
  const files = ['-subj', '/CN=localhost', '-keyout', 'k.pem', '-out', 'c.pem']
  execFileSync('openssl', [...args, ...files], { cwd: folder, stdio: 'ignore' })
  return { cert: readFileSync(join(folder, 'c.pem')), key: readFileSync(join(folder, 'k.pem')) }
}

describe('the handshakes of one client', () => {
  it('are sixteen at a time, and others may begin as those end', () => {
    const handshakes = new Handshakes(() => 0)
    for (let port = 1; port <= 16; port++) expect(handshakes.begin(peer(port))).toBe(true)
    expect(handshakes.begin(peer(17))).toBe(false)
    expect(handshakes.begin(peer(17, '203.0.113.8'))).toBe(true)
    handshakes.end(peer(1))
    handshakes.end(peer(1))
    expect(handshakes.begin(peer(17))).toBe(true)
    expect(handshakes.begin(peer(18))).toBe(false)
  })
  it('are those of a whole /64', () => {
    const handshakes = new Handshakes(() => 0)
    for (let port = 1; port <= 16; port++) handshakes.begin(peer(port, `2001:db8::${port}`))
    expect(handshakes.begin(peer(1, '2001:db8::ffff'))).toBe(false)
    expect(handshakes.begin(peer(1, '2001:db8:0:1::1'))).toBe(true)
  })
  it('are one for each request of a minute and some for the page, and none without a limit', () => {
    let now = 0
    const count = (requests: number): number => {
      const handshakes = new Handshakes(() => requests, new ClientCounts(() => now))
      const began = (): number =>
        Array.from({ length: 200 }, (_, port) => {
          const mayBegin = handshakes.begin(peer(port))
          handshakes.end(peer(port))
          return Number(mayBegin)
        }).reduce((sum, each) => sum + each)
      const first = began()
      now += 60_000
      expect(began()).toBe(first)
      return first
    }
    expect([count(0), count(10), count(100)]).toEqual([200, 70, 160])
  })
})

describe('[web] over TLS', { timeout: 60_000 }, () => {
  // Two hundred of them at once kept a processor, and with it every player, for a second.
  it('hangs up on the client that begins too many handshakes, before it reads a byte', async () => {
    const server = await serveWeb({}, { tls: certificate() })
    const silent: Socket[] = []
    let closed = 0
    const open = (): void => {
      const socket = connect(server.port, '127.0.0.1').on('error', () => {})
      socket.on('close', () => closed++).resume()
      silent.push(socket)
      onTestFinished(() => void socket.destroy())
    }
    for (let at = 0; at < 40; at++) open()
    await until(() => closed === 24, 'all but sixteen to be hung up on')

    // Who fails and who hangs up makes room for who is served.
    silent.slice(0, 20).forEach((socket) => void socket.end('this is no handshake\r\n\r\n'))
    silent.slice(20).forEach((socket) => void socket.destroy())
    await until(() => closed === 40, 'the others to be gone')
    for (let at = 0; at < 40; at++) {
      const socket = connectTls({ port: server.port, host: '127.0.0.1', rejectUnauthorized: false })
      await once(socket, 'secureConnect')
      socket.end('GET /api/v1/openapi.json HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
      expect((await socket.toArray()).join('')).toMatch(/^HTTP\/1\.1 200 /)
    }
  })
  it('keeps those that are through, however many', async () => {
    const server = await serveWeb({}, { tls: certificate() })
    const through = []
    for (let at = 0; at < 30; at++) {
      const socket = connectTls({ port: server.port, host: '127.0.0.1', rejectUnauthorized: false })
      onTestFinished(() => void socket.destroy())
      await once(socket, 'secureConnect')
      through.push(socket)
    }
    expect(through.map(({ destroyed }) => destroyed)).toEqual(through.map(() => false))
  })
})
