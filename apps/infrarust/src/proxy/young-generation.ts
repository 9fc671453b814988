import { env, execArgv } from 'node:process'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

/** Of each half; V8 has two. */
const HALF_BYTES = 4 * 2 ** 20

/**
 * Grows V8's young generation to halves of 4 MiB, and no further. Under load it would grow to 16 MiB and stay there, which
 * is 4 KiB for each of 5,000 sessions. What a connection leaves behind is garbage within milliseconds, so collections of
 * 4 MiB cost it the same; with halves of 1 MiB it would cost a quarter more.
 *
 * The size itself is read when V8 starts, before any code of ours, but the factor of growth at each collection. Whoever
 * has set the size on the command line or in `NODE_OPTIONS` knows better.
 */
export function fixYoungGeneration(): void {
  if (/semi[-_]space/.test(`${execArgv.join(' ')} ${env.NODE_OPTIONS ?? ''}`)) return
  growYoungGeneration()
  setFlagsFromString('--semi-space-growth-factor=1')
}

/** It grows when enough has survived in it, so something has to: some milliseconds, once. */
function growYoungGeneration(): void {
  const factor = Math.floor(HALF_BYTES / halfBytes())
  if (factor < 2) return
  setFlagsFromString(`--semi-space-growth-factor=${factor}`)
  const surviving: number[][] = []
  while (halfBytes() < HALF_BYTES && surviving.length < MOST_ARRAYS) surviving.push(new Array<number>(8_192).fill(0))
}

/** 32 MiB: where V8 does not grow it by then, it will not. */
const MOST_ARRAYS = 512

function halfBytes(): number {
  const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')
  // The last bytes of a page are not for objects.
  return space === undefined ? HALF_BYTES : roundUp(space.space_used_size + space.space_available_size)
}

function roundUp(bytes: number): number {
  const page = 256 * 1024
  return Math.ceil(bytes / page) * page
}
