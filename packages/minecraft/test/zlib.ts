import { constants, deflateSync, inflateSync } from 'node:zlib'
import type { Deflate, Inflate } from '../src/index.ts'

/** As the documentation of `Inflate` gives it. */
export const inflate: Inflate = (data, maxOutputLength) =>
  inflateSync(data, { maxOutputLength, finishFlush: constants.Z_SYNC_FLUSH })

export const deflate: Deflate = (data) => deflateSync(data)
