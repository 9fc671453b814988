import { Buffer } from 'node:buffer'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { PendingBytes } from '../../src/transport/node/pending-bytes.ts'
import { SocketWriter } from '../../src/transport/node/socket-writer.ts'

let server: Server
let socket: Socket
let peer: Socket
let pending: PendingBytes

beforeEach(async () => {
  pending = new PendingBytes()
  server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [accepted] = await once(server, 'connection')
  peer = accepted
})
afterEach(() => {
  socket.destroy()
  peer.destroy()
  server.close()
})

describe('a writer of a socket', () => {
  it('turns Nagle’s algorithm off before the second write, once', () => {
    const noDelay = vi.spyOn(socket, 'setNoDelay')
    const writer = new SocketWriter(socket, pending, () => {})
    writer.write(Buffer.from('first'))
    expect(noDelay).not.toHaveBeenCalled()
    writer.write(Buffer.from('second'))
    writer.write(Buffer.from('third'))
    writer.write(Buffer.alloc(2_000))
    expect(noDelay.mock.calls).toEqual([[]])
  })

  it('turns it off at once for more than one segment, whose end would wait for an answer', () => {
    const noDelay = vi.spyOn(socket, 'setNoDelay')
    new SocketWriter(socket, pending, () => {}).write(Buffer.alloc(2_000))
    expect(noDelay).toHaveBeenCalledOnce()
  })

  it('says when there is room again, after each time that there was none', async () => {
    const drained = vi.fn()
    const writer = new SocketWriter(socket, pending, drained)
    for (let round = 1; round <= 3; round++) {
      while (writer.write(Buffer.alloc(65_536)));
      writer.write(Buffer.alloc(65_536))
      expect(drained).toHaveBeenCalledTimes(round - 1)
      peer.resume()
      await vi.waitFor(() => expect(drained).toHaveBeenCalledTimes(round), 10_000)
      peer.pause()
    }
    expect(socket.listenerCount('drain')).toBe(1)
  })

  // Node asks to wait only from 64 KiB on, and says nothing when less than that has gone: each of a thousand clients that
  // had stopped reading held so much more.
  it('asks to wait as soon as the kernel has not taken everything, and says when it has', async () => {
    const drained = vi.fn()
    const writer = new SocketWriter(socket, pending, drained)
    while (writer.write(Buffer.alloc(1_000)));
    expect(socket.writableLength).toBeLessThanOrEqual(1_000)
    peer.resume()
    await vi.waitFor(() => expect(drained).toHaveBeenCalledOnce(), 10_000)
    expect(socket.writableLength).toBe(0)
  })

  it('counts what waits until it has gone, or nobody will send it', async () => {
    const change = vi.spyOn(pending, 'change')
    const counted = (): number => change.mock.calls.reduce((sum, [bytes]) => sum + bytes, 0)
    const drained = vi.fn()
    const writer = new SocketWriter(socket, pending, drained)
    while (writer.write(Buffer.alloc(65_536)));
    expect(counted()).toBe(65_536)
    peer.resume()
    await vi.waitFor(() => expect(drained).toHaveBeenCalled(), 10_000)
    expect(counted()).toBe(0)
    peer.pause()
    while (writer.write(Buffer.alloc(65_536)));
    socket.destroy()
    await vi.waitFor(() => expect(counted()).toBe(0), 10_000)
  })
})
