import { connect } from 'node:net'

// A process of its own: connections that say a few bytes and close, always so many at once, for as long as the parent
// said or until it is gone.
const AT_ONCE = 100

process.on('message', ({ port, forMs }: { port: number; forMs: number }) => {
  const endsAt = performance.now() + forMs
  const again = (): void => {
    if (performance.now() >= endsAt) return
    const socket = connect(port, '127.0.0.1', () => socket.end('hello', () => socket.destroy()))
    socket.on('error', () => {})
    socket.on('close', again)
  }
  for (let each = 0; each < AT_ONCE; each++) again()
  // A connect that the kernel leaves unanswered may outlast the flood.
  setTimeout(() => process.exit(), forMs + 500)
})
process.on('disconnect', () => process.exit())
