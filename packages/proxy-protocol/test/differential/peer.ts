import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'

/** What a program made of some first bytes. */
export type Outcome =
  | { readonly kind: 'refused' }
  /** Accepted, and the socket's own end points stand. `rest` is what came behind the header. */
  | { readonly kind: 'own end points'; readonly rest: string }
  | { readonly kind: 'end points'; readonly source: string; readonly destination: string; readonly rest: string }

/** A running program that is asked one input at a time. */
export interface Peer {
  ask(input: Uint8Array): Promise<Outcome>
  stop(): Promise<void>
}

/** Where a program is on this machine, `undefined` where it is not. */
export function find(paths: readonly string[]): string | undefined {
  return paths.find((path) => existsSync(path))
}

/** Starts a program in the foreground and waits until its socket takes a connection. */
export async function start(command: string, args: readonly string[], socketPath: string): Promise<ChildProcess> {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let complaints = ''
  child.stderr.on('data', (chunk) => {
    complaints += chunk
  })
  const deadline = Date.now() + 20_000
  while (!(await takesConnections(socketPath))) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`${command} did not start: ${complaints}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return child
}

export async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await exit
}

/** Sends the bytes in one write, then FIN, and gives back all that is answered until the other side closes. */
export function exchange(socketPath: string, bytes: Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect(socketPath)
    socket.setEncoding('latin1')
    socket.on('data', (chunk) => {
      answer += chunk
    })
    // A refusal may come as a reset.
    socket.on('error', () => {})
    socket.on('close', () => resolve(answer))
    socket.end(bytes)
  })
}

function takesConnections(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath)
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}
