import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { type Ended, finished, type ProgramOptions } from '@infrarust/test-kit'

export const BIN = fileURLToPath(new URL('../bin/infrarust.js', import.meta.url))

export type Program = ChildProcessByStdio<Writable, Readable, Readable>

export interface StartOptions extends ProgramOptions {
  readonly nodeOptions?: readonly string[]
}

/** Starts the program as its users do, on the Node that runs the tests. */
export function start(args: readonly string[], { nodeOptions = [], ...options }: StartOptions = {}): Program {
  const env = { ...process.env, ...options.env }
  return spawn(process.execPath, [...nodeOptions, BIN, ...args], { ...options, env, stdio: ['pipe', 'pipe', 'pipe'] })
}

/** Runs a command that ends by itself. */
export function finish(args: readonly string[], input = '', options: StartOptions = {}): Promise<Ended> {
  const { nodeOptions = [], ...others } = options
  return finished(process.execPath, [...nodeOptions, BIN, ...args], {
    ...others,
    env: { ...process.env, ...options.env },
    input,
  })
}
