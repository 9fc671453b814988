import { closeSync, openSync } from 'node:fs'
import { nativeTransport } from '../../src/index.ts'

// Runs under a low limit of open files and, told so, takes every descriptor that is left or gives them back.
// After each change it tells its parent how things stand.
const notices: string[] = []
const taken: number[] = []
let accepted = 0
let finished = 0

const tell = (kind: string, port = 0) => process.send?.({ kind, port, notices, accepted, finished })

const transport = nativeTransport({
  handler: {
    input: (_id, { kind }) => {
      if (kind === 'accepted') accepted++
      if (kind === 'finished') finished++
      tell('connections')
      return undefined
    },
  },
  notice: ({ message }) => {
    notices.push(message)
    tell('notice')
  },
  keepAlive: { isEnabled: false, initialDelayMs: 0, intervalMs: 1000, probes: 3 },
  threads: 2,
})
const { port } = await transport.listen({ name: 'low', host: '127.0.0.1', port: 0 })

process.on('message', async (order) => {
  switch (order) {
    case 'take':
      try {
        for (;;) taken.push(openSync('/dev/null', 'r'))
      } catch {
        tell('taken')
      }
      break
    case 'give back':
      for (const fd of taken.splice(0)) closeSync(fd)
      break
    case 'stop':
      await transport.close()
      tell('stopped')
      process.disconnect?.()
      break
  }
})
tell('listening', port)
