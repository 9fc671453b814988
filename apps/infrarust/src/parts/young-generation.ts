import { env, execArgv } from 'node:process'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'
import type { Part } from './part.ts'

/** Of each half; V8 has two. */
const HALF_BYTES = 4 * 2 ** 20
/** Connections that have ended when a proxy counts as busy. */
const BUSY = 1_000

/**
 * Keeps V8's young generation at the two halves of 1 MiB that it begins with. Otherwise it has 8 MiB each when the program is
 * loaded, which an idle proxy never uses again, and 16 MiB each under load. To be called before anything is loaded.
 *
 * The size itself is read when V8 starts, before any code of ours, but the factor of growth at each collection. Whoever
 * has set the size on the command line or in `NODE_OPTIONS` knows better.
 */
export function keepYoungGenerationSmall(): void {
  if (!isSizeChosen()) setFlagsFromString('--semi-space-growth-factor=1')
}

/**
 * Grows it to halves of 4 MiB in a proxy that is busy, and no further. What a connection leaves behind is garbage within
 * milliseconds, so collections of 4 MiB cost it the same as larger ones; with halves of 1 MiB it costs a quarter more.
 */
export function youngGeneration(): Part {
  if (isSizeChosen()) return {}
  let ended = 0
  return {
    record() {
      if (++ended === BUSY) growYoungGeneration()
    },
  }
}

function isSizeChosen(): boolean {
  return /semi[-_]space/.test(`${execArgv.join(' ')} ${env.NODE_OPTIONS ?? ''}`)
}

/** It grows when enough has survived in it, so something has to: some milliseconds, once. */
function growYoungGeneration(): void {
  const factor = Math.floor(HALF_BYTES / halfBytes())
  if (factor < 2) return
  setFlagsFromString(`--semi-space-growth-factor=${factor}`)
  const surviving: number[][] = []
  while (halfBytes() < HALF_BYTES && surviving.length < MOST_ARRAYS) surviving.push(new Array<number>(8_192).fill(0))
  keepYoungGenerationSmall()
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
