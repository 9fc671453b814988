import { spawn } from 'node:child_process'
import { PowerError } from '@infrarust/core/server-power'

/** One program that is run until it ends. */
export interface Program {
  /** The program and its arguments; no shell reads them. */
  readonly argv: readonly string[]
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  readonly timeoutMs: number
  /** What messages call it: the key that it stands in. Its arguments may hold a password. */
  readonly called: string
}

/** How a program has ended, with the last line that it wrote. */
export interface ProgramEnd {
  readonly code: number
  readonly lastLine: string | undefined
}

const KEPT_CHARACTERS = 4_096
const KILL_AFTER_MS = 2_000

/**
 * Runs a program in a process group of its own. It has ended when it exits, also where something that it has started still
 * holds its output.
 *
 * @throws {PowerError} where it cannot be run, is ended by a signal, or takes too long: then its whole group is ended
 */
export function runProgram(program: Program, signal: AbortSignal): Promise<ProgramEnd> {
  const { argv, cwd, env, timeoutMs, called } = program
  const [file = '', ...args] = argv
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const child = spawn(file, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    let why: string | undefined
    const take = (chunk: Buffer): void => {
      output = (output + chunk.toString('utf8')).slice(-KEPT_CHARACTERS)
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    const end = (reason: string): void => {
      why ??= reason
      endGroup(child.pid, 'SIGTERM')
      setTimeout(() => endGroup(child.pid, 'SIGKILL'), KILL_AFTER_MS).unref()
    }
    const timer = setTimeout(() => end(`has not ended within ${timeoutMs} ms (command_timeout)`), timeoutMs)
    const onAbort = (): void => end('was given up')
    signal.addEventListener('abort', onAbort, { once: true })
    const settle = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      // What it has started may write on; nobody reads it, and nothing is to stay alive for it.
      child.stdout.destroy()
      child.stderr.destroy()
    }
    child.on('error', (error) => {
      settle()
      reject(new PowerError('failed', `${called} cannot be run: ${error.message}`, { cause: error }))
    })
    child.on('exit', (code, killedBy) => {
      // What it wrote right before its end is still on its way.
      setImmediate(() => {
        settle()
        if (why !== undefined) reject(new PowerError('failed', `${called} ${why}`))
        else if (code === null) reject(new PowerError('failed', `${called} was ended by ${killedBy}`))
        else resolve({ code, lastLine: lastLineOf(output) })
      })
    })
  })
}

function endGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch {
    // It is gone already.
  }
}

function lastLineOf(output: string): string | undefined {
  const lines = output.split(/[\r\n]+/).map((line) => line.replaceAll(/\p{Cc}/gu, ' ').trim())
  return lines.findLast((line) => line !== '')?.slice(0, 300)
}
