import { Buffer } from 'node:buffer'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SocketWriter } from '../../src/transport/node/socket-writer.ts'

let server: Server
let socket: Socket
let peer: Socket

beforeEach(async () => {
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
    const writer = new SocketWriter(socket, () => {})
    writer.write(Buffer.from('first'))
    expect(noDelay).not.toHaveBeenCalled()
    writer.write(Buffer.from('second'))
    writer.write(Buffer.from('third'))
    writer.noDelay()
    expect(noDelay.mock.calls).toEqual([[]])
  })

  it('turns it off at once for more than one segment, whose end would wait for an answer', () => {
    const noDelay = vi.spyOn(socket, 'setNoDelay')
    new SocketWriter(socket, () => {}).write(Buffer.alloc(2_000))
    expect(noDelay).toHaveBeenCalledOnce()
  })

  it('says when there is room again, after each time that there was none', async () => {
    const drained = vi.fn()
    const writer = new SocketWriter(socket, drained)
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
})
