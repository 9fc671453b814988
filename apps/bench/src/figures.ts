import { TestSessionServer } from '@infrarust/test-kit'
import type { Contender, Started } from './contenders.ts'
import { freePort } from './contenders.ts'
import { type CpuUse, cpuOf, memoryOf } from './cpu.ts'
import { type FirstConnection, firstConnection } from './first-connection.ts'
import { type Counted, holdIdle, type Job, type JobName, play, playOn } from './load.ts'
import { LoggedIn } from './sessions.ts'

/** One thing that is measured: how, in what unit, and whether less of it is better. */
export interface Figure {
  readonly key: string
  readonly title: string
  readonly unit: string
  readonly isLessBetter: boolean
  /** Where a round takes long, and its value varies less with the machine's mood. */
  readonly mostRounds?: number
  /** Makes a contender ready to be measured, again and again. */
  prepare(contender: Contender): Promise<Prepared>
}

export interface Prepared {
  measure(): Promise<Measured>
  stop(): Promise<void>
}

export interface Measured {
  readonly value: number
  /** The load generator's share of one core while it measured; for latency, its own lateness as a share of the figure. */
  readonly loadShare?: number
  /** Of Infrarust on the native transport: what JavaScript took of it. */
  readonly mainThreadValue?: number
}

export interface Scale {
  /** Of one round: short ones, so that a contender and its base are measured in the same seconds of a shared machine. */
  readonly connections: number
  /** Made before those that are counted: V8 has compiled what a connection needs after some 20,000. */
  readonly warmUpConnections: number
  readonly milliseconds: number
  readonly warmUpMilliseconds: number
  readonly idleConnections: number
  /** Of one round, and before those that are counted. */
  readonly logins: number
  readonly warmUpLogins: number
  /** Packets a second at which latency is measured: below saturation of every contender. */
  readonly rate: number
}

/** The figures of a full run. */
export function figures(scale: Scale): readonly Figure[] {
  const timed = (name: JobName, concurrency: number): Job => ({
    name,
    amount: scale.milliseconds,
    warmUp: scale.warmUpMilliseconds,
    concurrency,
  })
  return [
    perDone('connect', 'CPU per connection', {
      name: 'connect',
      amount: scale.connections,
      warmUp: scale.warmUpConnections,
      concurrency: 50,
    }),
    perDone('echo', 'CPU per echoed 64-byte packet', timed('echo', 50)),
    bytesPerCpu('up', 'bytes per CPU second, client to server', timed('up', 4)),
    bytesPerCpu('down', 'bytes per CPU second, server to client', timed('down', 4)),
    p99('latency', `p99 latency at ${scale.rate} packets a second`, { ...timed('latency', 50), rate: scale.rate }),
    p99('beside', `p99 latency at ${scale.rate / 4} packets a second beside four sessions in bulk`, {
      ...timed('beside', 50),
      rate: scale.rate / 4,
    }),
    {
      key: 'throughput',
      title: 'echoed packets a second, as fast as it goes',
      unit: '/s',
      isLessBetter: false,
      prepare: (contender) =>
        playing(contender, timed('echo', 50), ({ counted }) => ({
          value: (counted.done / counted.elapsedNs) * 1e9,
          loadShare: counted.cpuNs / counted.elapsedNs,
        })),
    },
    {
      key: 'idle',
      title: `memory per idle proxied connection, of ${scale.idleConnections}`,
      unit: 'KiB',
      isLessBetter: true,
      mostRounds: 3,
      // A fresh proxy each time: one that has held as many before has the room for them.
      prepare: async (contender) => ({ measure: () => idleMemory(contender, scale), stop: async () => {} }),
    },
    fresh('start', 'from the start of the process to the first connection served', 'ms', ({ startMs }) => startMs),
    fresh(
      'proxy',
      'memory (PSS) of a proxy that has served one connection',
      'MiB',
      ({ memoryBytes }) => memoryBytes / 2 ** 20,
    ),
  ]
}

/** One pause of ten milliseconds, whoever makes it, is the 99th percentile of a second. */
const LATENCY_TURNS = 4

function p99(key: string, title: string, job: Job): Figure {
  return {
    key,
    title,
    unit: 'µs',
    isLessBetter: true,
    mostRounds: 8,
    prepare: (contender) =>
      playing(contender, { ...job, amount: LATENCY_TURNS * job.amount }, ({ counted }) => ({
        value: counted.p99Us,
        loadShare: counted.lateP99Us / counted.p99Us,
      })),
  }
}

/** Of processes that are started for it, once before it counts: whatever a program keeps for its next start is there. */
function fresh(key: string, title: string, unit: string, value: (started: FirstConnection) => number): Figure {
  return {
    key,
    title,
    unit,
    isLessBetter: true,
    async prepare(contender) {
      await firstConnection(contender)
      return { measure: async () => ({ value: value(await firstConnection(contender)) }), stop: async () => {} }
    },
  }
}

function perDone(key: string, title: string, job: Job): Figure {
  return {
    key,
    title,
    unit: 'µs',
    isLessBetter: true,
    prepare: (contender) =>
      playing(contender, job, ({ counted, cpu }) => ({
        value: cpu.allNs / counted.done / 1000,
        mainThreadValue: cpu.mainNs / counted.done / 1000,
        loadShare: counted.cpuNs / counted.elapsedNs,
      })),
  }
}

function bytesPerCpu(key: string, title: string, job: Job): Figure {
  return {
    key,
    title,
    unit: 'GB/s',
    isLessBetter: false,
    prepare: (contender) =>
      playing(contender, job, ({ counted, cpu }) => ({
        value: counted.bytes / cpu.allNs,
        loadShare: counted.cpuNs / counted.elapsedNs,
      })),
  }
}

/**
 * How often the warm-up ends and begins anew. V8 throws away what it has compiled when it first meets something new, and
 * an end of a connection is that: with one warm-up it happened at its end, and the first second that was measured ran
 * half compiled.
 */
const WARM_UP_PARTS = 5

interface Played {
  readonly counted: Counted
  readonly cpu: CpuUse
}

/** A proxy of its own for each figure, warmed up with the same job: V8 compiles on the way, and a proxy runs for months. */
async function playing(contender: Contender, job: Job, measured: (played: Played) => Measured): Promise<Prepared> {
  const backendPort = await freePort()
  const { port, pid, stop } = await contender.start(backendPort)
  try {
    const part = { ...job, amount: Math.ceil(job.warmUp / WARM_UP_PARTS) }
    for (let played = 0; played < WARM_UP_PARTS; played++) await play(part, port, backendPort)
  } catch (error) {
    await stop()
    throw error
  }
  const measure = async (): Promise<Measured> => {
    const before = use(pid)
    const counted = await play(job, port, backendPort)
    const after = use(pid)
    return measured({ counted, cpu: { allNs: after.allNs - before.allNs, mainNs: after.mainNs - before.mainNs } })
  }
  return { measure, stop }
}

/** Warmed up too, fifty connections at a time: what a compiler has left in the heap is not what a connection costs. */
async function idleMemory(
  contender: Contender,
  { idleConnections, warmUpConnections }: Pick<Scale, 'idleConnections' | 'warmUpConnections'>,
): Promise<Measured> {
  const backendPort = await freePort()
  const started = await contender.start(backendPort)
  try {
    const { pid } = started
    if (pid === undefined) return { value: Number.NaN }
    const warmUp: Job = { name: 'connect', amount: warmUpConnections, warmUp: 0, concurrency: 50 }
    await play(warmUp, started.port, backendPort)
    const before = memoryOf(pid)
    let held = before
    await holdIdle(idleConnections, started.port, backendPort, async () => {
      held = memoryOf(pid)
    })
    return { value: (held - before) / idleConnections / 1024 }
  } finally {
    await started.stop()
  }
}

/** The figures of players who are logged in by the proxy: what it costs to do that, and to encipher what they get. */
export function loginFigures(scale: Scale): readonly Figure[] {
  const timed = (name: 'echo' | 'down'): Omit<Job, 'concurrency'> => ({
    name,
    amount: scale.milliseconds,
    warmUp: scale.warmUpMilliseconds,
  })
  return [
    {
      key: 'login',
      title: 'CPU per login, RSA included',
      unit: 'µs',
      isLessBetter: true,
      mostRounds: 8,
      prepare: (contender) =>
        withLogins(contender, async (logins, { port, pid }) => {
          const turn = async (count: number): Promise<void> => {
            await logins.logIn(count, port, contender.authenticates)
            logins.leave()
          }
          await turn(scale.warmUpLogins)
          return async () => {
            const before = use(pid)
            await turn(scale.logins)
            const after = use(pid)
            return {
              value: (after.allNs - before.allNs) / scale.logins / 1000,
              mainThreadValue: (after.mainNs - before.mainNs) / scale.logins / 1000,
            }
          }
        }),
    },
    onSessions('login-echo', 'CPU per echoed 64-byte packet of a player who is logged in', 'µs', timed('echo'), 50, {
      isLessBetter: true,
      value: ({ counted, cpu }) => cpu.allNs / counted.done / 1000,
    }),
    onSessions('login-down', 'bytes per CPU second, server to a player who is logged in', 'MB/s', timed('down'), 4, {
      isLessBetter: false,
      value: ({ counted, cpu }) => (counted.bytes / cpu.allNs) * 1000,
    }),
  ]
}

/** One job on sessions that stand, again and again. */
function onSessions(
  key: string,
  title: string,
  unit: string,
  job: Omit<Job, 'concurrency'>,
  sessions: number,
  figure: Pick<Figure, 'isLessBetter'> & { readonly value: (played: Played) => number },
): Figure {
  return {
    key,
    title,
    unit,
    isLessBetter: figure.isLessBetter,
    prepare: (contender) =>
      withLogins(contender, async (logins, { port, pid }) => {
        await logins.logIn(sessions, port, contender.authenticates)
        await playOn(logins, { ...job, amount: job.warmUp })
        return async () => {
          const before = use(pid)
          const counted = await playOn(logins, job)
          const after = use(pid)
          const cpu = { allNs: after.allNs - before.allNs, mainNs: after.mainNs - before.mainNs }
          return { value: figure.value({ counted, cpu }), loadShare: counted.cpuNs / counted.elapsedNs }
        }
      }),
  }
}

async function withLogins(
  contender: Contender,
  warmedUp: (logins: LoggedIn, started: Started) => Promise<() => Promise<Measured>>,
): Promise<Prepared> {
  const sessionServer = await TestSessionServer.start([])
  const logins = await LoggedIn.start(sessionServer)
  const started = await contender.start(logins.backendPort, sessionServer.url)
  const stop = async (): Promise<void> => {
    await logins.stop()
    await started.stop()
    await sessionServer.stop()
  }
  try {
    return { measure: await warmedUp(logins, started), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function use(pid: number | undefined): CpuUse {
  return pid === undefined ? { allNs: Number.NaN, mainNs: Number.NaN } : cpuOf(pid)
}
