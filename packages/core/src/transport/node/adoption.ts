import type { Buffer } from 'node:buffer'
import type { Socket } from 'node:net'
import { Duplex, Readable } from 'node:stream'

/**
 * Makes the socket of a connection into the stream that its adopter gets: what was read and not consumed comes first,
 * and nothing flows before somebody listens. The caller has taken its own `data` listener off.
 */
export function releaseForAdoption(socket: Socket, unread: Buffer, hasEnded: boolean): Duplex {
  // Nothing can be put back into a stream that has ended.
  if (hasEnded) return Duplex.from({ readable: Readable.from(unread.length > 0 ? [unread] : []), writable: socket })
  socket.pause()
  if (unread.length > 0) socket.unshift(unread)
  // A paused stream stays paused when its adopter adds a `data` listener. Having had a `readable` listener puts it
  // back into the state of a new stream.
  socket.on('readable', ignore).off('readable', ignore)
  return socket
}

function ignore(): void {}
