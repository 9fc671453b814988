import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

export const BIN = fileURLToPath(new URL('../bin/infrarust.js', import.meta.url))

export type Program = ChildProcessByStdio<Writable, Readable, Readable>

export interface StartOptions {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  readonly nodeOptions?: readonly string[]
}

/** Starts the program as its users do, on the Node that runs the tests. */
export function start(args: readonly string[], { nodeOptions = [], ...options }: StartOptions = {}): Program {
  const env = { ...process.env, ...options.env }
  return spawn(process.execPath, [...nodeOptions, BIN, ...args], { ...options, env, stdio: ['pipe', 'pipe', 'pipe'] })
}

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command that ends by itself. */
export async function finish(args: readonly string[], input = '', options: StartOptions = {}): Promise<Outcome> {
  const program = start(args, options)
  program.stdin.end(input)
  const [stdout, stderr, code] = await Promise.all([
    text(program.stdout),
    text(program.stderr),
    new Promise<number | null>((resolve) => program.on('close', resolve)),
  ])
  return { code, stdout, stderr }
}
