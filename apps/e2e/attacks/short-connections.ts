/**
 * A flood of short connections: each connects, says handshake and login for a name that leads nowhere, and closes
 * without waiting for an answer. Loopback only, ends by itself.
 *
 *   node attacks/short-connections.ts <port> [seconds, at most 30] [at once, at most 500]
 *
 * Prints one line of JSON when it begins and one at its end.
 */

import { connect } from 'node:net'
import { loginBytes } from '@infrarust/test-kit'

const [port = 0, seconds = 5, atOnce = 100] = process.argv.slice(2).map(Number)
const bytes = loginBytes('nowhere.example.com', 'Flood')
const endsAt = performance.now() + Math.min(seconds, 30) * 1_000

let opened = 0
let failed = 0

/** One after the other, each as soon as the one before it is closed on this side. */
function connectAgain(): void {
  if (performance.now() >= endsAt) return
  const socket = connect({ port, host: '127.0.0.1' })
  socket.on('connect', () => {
    opened++
    socket.end(bytes, () => socket.destroy())
  })
  socket.on('error', () => failed++)
  socket.on('close', connectAgain)
}

console.log(JSON.stringify({ flood: 'begins', port, atOnce }))
for (let each = 0; each < Math.min(atOnce, 500); each++) connectAgain()
process.on('exit', () => console.log(JSON.stringify({ flood: 'ended', opened, failed })))
// A connect that the kernel leaves unanswered may outlast the flood.
setTimeout(() => process.exit(), Math.min(seconds, 30) * 1_000 + 500)
