import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, statSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { encodeHandshake, encodeLoginStart } from '@infrarust/minecraft'
import { encode } from '@infrarust/proxy-protocol'

const FOLDER: string = join(import.meta.dirname, '..')
const SOURCES = ['load.cc', 'head.h', 'net.h'].map((name) => join(FOLDER, 'load', name))
const PROGRAM = join(FOLDER, 'build', 'load')

export type JobName = 'connect' | 'echo' | 'latency' | 'up' | 'down' | 'beside'

/** What the load generator counted between its first and last measured byte. */
export interface Counted {
  /** Connections or echoed packets. */
  readonly done: number
  readonly bytes: number
  readonly elapsedNs: number
  /** Of the generator itself, which plays clients and backend. */
  readonly cpuNs: number
  readonly p50Us: number
  readonly p90Us: number
  readonly p99Us: number
  /** By how much the generator itself was too late with 99 of 100 packets (`latency`, `beside`). */
  readonly lateP99Us: number
}

/** The generator writes a number of its own over the zeros, as into address and UUID: one player many times at once is a loop. */
const PLAYER = 'Player00000'

/** What each client says first: who it is, where it wants to go, and its name. */
export const HEAD: Uint8Array = Buffer.concat([
  encode({
    command: 'PROXY',
    source: { address: '10.0.0.0', port: 54_321 },
    destination: { address: '198.51.100.2', port: 25_565 },
  }),
  encodeHandshake({ protocolVersion: 765, address: 'bench.example.com', port: 25_565, intent: 'login' }),
  encodeLoginStart(PLAYER, 765),
])

/** Compiles the load generator where its sources are newer than the program. */
export function buildLoad(): void {
  const isFresh =
    existsSync(PROGRAM) && SOURCES.every((source) => statSync(source).mtimeMs <= statSync(PROGRAM).mtimeMs)
  if (isFresh) return
  mkdirSync(join(FOLDER, 'build'), { recursive: true })
  const [main] = SOURCES
  if (main === undefined) return
  execFileSync(process.env.CXX ?? 'c++', ['-std=c++17', '-O2', '-Wall', '-Wextra', '-o', PROGRAM, main], {
    stdio: 'inherit',
  })
}

export interface Job {
  readonly name: JobName
  /** Connections (`connect`) or milliseconds. */
  readonly amount: number
  /** The same before anything is counted. */
  readonly warmUp: number
  readonly concurrency: number
  /** Packets a second over all connections (`latency`, `beside`). */
  readonly rate?: number
}

/** Plays one job against the proxy on `targetPort`, with the backend on `backendPort`. */
export async function play(job: Job, targetPort: number, backendPort: number): Promise<Counted> {
  const child = start([job.name, job.amount, job.concurrency, job.rate ?? 0], targetPort, backendPort)
  let output = ''
  for await (const chunk of child.stdout) output += chunk
  return JSON.parse(output) as Counted
}

/** Sessions that stand before the generator is started: it gets their sockets, and opens none. */
export interface Sessions {
  readonly clients: readonly Socket[]
  /** As many. */
  readonly backends: readonly Socket[]
}

/** Plays one job on sessions that stand already. */
export async function playOn({ clients, backends }: Sessions, job: Omit<Job, 'concurrency'>): Promise<Counted> {
  const words = [job.name, 0, 0, '', job.amount, clients.length, job.rate ?? 0, clients.length]
  const child = spawn(PROGRAM, words.map(String), { stdio: ['ignore', 'pipe', 'inherit', ...clients, ...backends] })
  let output = ''
  if (child.stdout !== null) for await (const chunk of child.stdout) output += chunk
  return JSON.parse(output) as Counted
}

/** Opens idle connections through the proxy, calls back, and lets them go. */
export async function holdIdle(
  connections: number,
  targetPort: number,
  backendPort: number,
  whileHeld: () => Promise<void>,
): Promise<void> {
  const child = start(['idle', connections, 200, 0], targetPort, backendPort)
  for await (const chunk of child.stdout) {
    if (!String(chunk).includes('ready')) continue
    await whileHeld()
    child.stdin.end()
  }
}

function start(
  [job, amount, concurrency, rate]: readonly [string, number, number, number],
  targetPort: number,
  backendPort: number,
) {
  const words = [job, targetPort, backendPort, Buffer.from(HEAD).toString('hex'), amount, concurrency, rate]
  return spawn(PROGRAM, words.map(String), { stdio: ['pipe', 'pipe', 'inherit'] })
}
