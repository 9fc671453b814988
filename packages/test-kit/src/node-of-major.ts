import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * The Node of this major version that is on the path, for what has to run on an older one than the workspace has. Where there is
 * none says what is left out; under CI that is a failure instead.
 */
export function nodeOfMajor(major: number, whatFor: string): string | undefined {
  const found = (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'node'))
    .find((path) => existsSync(path) && majorOf(path) === major)
  if (found !== undefined) return found
  const why = `no Node ${major} is on the path`
  if (process.env.CI) throw new Error(`${whatFor}: ${why}, and under CI nothing may be missing`)
  process.stderr.write(`LEFT OUT: ${whatFor}: ${why}\n`)
  return undefined
}

function majorOf(path: string): number {
  try {
    return Number(/^v(\d+)\./.exec(execFileSync(path, ['--version'], { encoding: 'utf8' }))?.[1])
  } catch {
    return Number.NaN
  }
}
