/// <reference path="./pino-roll.d.ts" />
import { parentPort } from 'node:worker_threads'
import roll, { type RollingStream } from 'pino-roll'

/** What the thread is told: to open its file again under the same name. */
export type ToRollingFile = 'reopen'

/**
 * What runs in the thread of a rolling file: pino-roll, which also opens its file again when it is told to. What was written
 * before goes to the file that it was written to, wherever that is now.
 */
export default async function rollingFile(options: object): Promise<RollingStream> {
  const stream = await roll(options)
  parentPort?.on('message', (message: unknown) => {
    if (message === ('reopen' satisfies ToRollingFile) && !stream.destroyed) stream.reopen()
  })
  return stream
}
