import { randomBytes } from 'node:crypto'
import type { ConnectionId } from '../transport/contract.ts'

/** Names connections for backends: eight random bytes of this process, and the connection's number. */
export function uniqueIds(process: Uint8Array = randomBytes(8)): (id: ConnectionId) => Uint8Array {
  return (id) => {
    const bytes = new Uint8Array(process.length + 8)
    bytes.set(process)
    new DataView(bytes.buffer).setBigUint64(process.length, BigInt(id))
    return bytes
  }
}
