import { connect, createServer, type Socket } from 'node:net'

// A process of its own: an echo server, and clients that go through a proxy to it. Talks to its parent by messages,
// so that the parent may block its own thread meanwhile.
let sockets: Socket[] = []
let roundTrips = 0
let connectedLate = 0

const echo = createServer((socket) => {
  socket.on('error', () => {})
  socket.pipe(socket)
}).listen(0, '127.0.0.1', () => {
  const bound = echo.address()
  if (bound !== null && typeof bound !== 'string') process.send?.({ kind: 'echo', port: bound.port })
})

process.on('message', (message: { kind: string; port: number; clients: number }) => {
  switch (message.kind) {
    case 'start':
      sockets = Array.from({ length: message.clients }, () => {
        const socket = connect(message.port, '127.0.0.1')
        socket.setNoDelay(true)
        socket.on('error', () => {})
        socket.on('data', () => {
          roundTrips++
          socket.write('ping')
        })
        socket.write('ping')
        return socket
      })
      break
    case 'connect late': {
      const late = connect(message.port, '127.0.0.1', () => late.write('late'))
      late.on('error', () => {})
      late.once('data', () => {
        connectedLate++
      })
      sockets.push(late)
      break
    }
    case 'count':
      process.send?.({ kind: 'count', roundTrips, connectedLate, at: performance.now() })
      break
    case 'stop':
      for (const socket of sockets) socket.destroy()
      echo.close()
      clearInterval(ticking)
      process.disconnect?.()
      break
  }
})

// Counts by itself, for a parent that cannot ask.
const ticking = setInterval(() => process.send?.({ kind: 'tick', roundTrips, at: performance.now() }), 50)
