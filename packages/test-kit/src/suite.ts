import { availableParallelism } from 'node:os'
import { join } from 'node:path'

/** Files that wait for programs most of the time: more of them than there are processors. */
export const WAITING_WORKERS = 4

/** What every suite of the workspace begins with. */
export const SUITE = {
  // Not what a link in node_modules leads to.
  include: ['test/**/*.test.ts'],
  // On a machine that is busy with others, what takes milliseconds may take many seconds, and says nothing about the code.
  testTimeout: 60_000,
  hookTimeout: 60_000,
  // One for each processor. Vitest would leave one of them idle.
  maxWorkers: availableParallelism(),
  // The tests start the same programs hundreds of times, and most of a start is compiling.
  env: { NODE_COMPILE_CACHE: join(import.meta.dirname, '../node_modules/.cache/compiled') },
}

/** Whether the long forms of the tests are asked for, which take minutes and are run by hand: `LONG=1 pnpm test`. */
export const IS_LONG: boolean = process.env.LONG === '1'
