import { readdirSync, readlinkSync } from 'node:fs'
import { Bulk } from '../bulk.ts'

// Some sessions of bulk, then what was wrong and how many pipes the transport has kept: for a test that takes splicing
// away from this process.
const pipes = (): number =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith('pipe:')
    } catch {
      return false
    }
  }).length

const bulk = new Bulk(1)
await bulk.start()
await bulk.play({ name: 0, bytes: 100 })
const before = pipes()
await Promise.all(Array.from({ length: 5 }, (_, name) => bulk.play({ name: name + 1, bytes: 6 << 20 })))
process.stdout.write(JSON.stringify({ wrong: bulk.wrong, pipes: pipes() - before }))
await bulk.close()
