import { constants } from 'node:fs'
import { open } from 'node:fs/promises'

/** A whole store of authorities is a quarter of it. */
const LONGEST_BYTES = 1_048_576

/** Reads a file of certificates; never waits for a pipe that nobody writes, and takes no device for one. */
export async function readPemFile(path: string): Promise<Buffer> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  try {
    if (!(await file.stat()).isFile()) throw new Error('it is no regular file')
    const bytes = Buffer.alloc(LONGEST_BYTES + 1)
    const { bytesRead } = await file.read(bytes)
    if (bytesRead > LONGEST_BYTES) throw new Error('it is longer than 1 MiB')
    return bytes.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}
