import type { Contender } from './contenders.ts'
import { freePort } from './contenders.ts'
import { type CpuUse, cpuOf, memoryOf } from './cpu.ts'
import { type Counted, holdIdle, type Job, play } from './load.ts'

/** One thing that is measured: how, in what unit, and whether less of it is better. */
export interface Figure {
  readonly key: string
  readonly title: string
  readonly unit: string
  readonly isLessBetter: boolean
  measure(contender: Contender): Promise<Measured>
}

export interface Measured {
  readonly value: number
  /** The load generator's share of one core while it measured; for latency, its own lateness as a share of the figure. */
  readonly loadShare?: number
  /** Of Infrarust on the native transport: what JavaScript took of it. */
  readonly mainThreadValue?: number
}

export interface Scale {
  readonly connections: number
  /** Made before those that are counted: V8 has compiled what a connection needs after some 20,000. */
  readonly warmUpConnections: number
  readonly milliseconds: number
  readonly idleConnections: number
  /** Packets a second at which latency is measured: below saturation of every contender. */
  readonly rate: number
}

/** The figures of a full run. */
export function figures(scale: Scale): readonly Figure[] {
  const echo: Job = { name: 'echo', amount: scale.milliseconds, warmUp: 2 * scale.milliseconds, concurrency: 50 }
  const bulk = (name: 'up' | 'down'): Job => ({
    name,
    amount: scale.milliseconds,
    warmUp: 2 * scale.milliseconds,
    concurrency: 4,
  })
  return [
    perDone('connect', 'CPU per connection', {
      name: 'connect',
      amount: scale.connections,
      warmUp: scale.warmUpConnections,
      concurrency: 50,
    }),
    perDone('echo', 'CPU per echoed 64-byte packet', echo),
    bytesPerCpu('up', 'bytes per CPU second, client to server', bulk('up')),
    bytesPerCpu('down', 'bytes per CPU second, server to client', bulk('down')),
    {
      key: 'latency',
      title: `p99 latency at ${scale.rate} packets a second`,
      unit: 'µs',
      isLessBetter: true,
      measure: async (contender) => {
        const { counted } = await run(contender, {
          name: 'latency',
          amount: scale.milliseconds,
          warmUp: 2 * scale.milliseconds,
          concurrency: 50,
          rate: scale.rate,
        })
        return { value: counted.p99Us, loadShare: counted.lateP99Us / counted.p99Us }
      },
    },
    {
      key: 'throughput',
      title: 'echoed packets a second, as fast as it goes',
      unit: '/s',
      isLessBetter: false,
      measure: async (contender) => {
        const { counted } = await run(contender, echo)
        return { value: (counted.done / counted.elapsedNs) * 1e9, loadShare: counted.cpuNs / counted.elapsedNs }
      },
    },
    {
      key: 'idle',
      title: `memory per idle proxied connection, of ${scale.idleConnections}`,
      unit: 'KiB',
      isLessBetter: true,
      measure: (contender) => idleMemory(contender, scale),
    },
  ]
}

function perDone(key: string, title: string, job: Job): Figure {
  return {
    key,
    title,
    unit: 'µs',
    isLessBetter: true,
    measure: async (contender) => {
      const { counted, cpu } = await run(contender, job)
      return {
        value: cpu.allNs / counted.done / 1000,
        mainThreadValue: cpu.mainNs / counted.done / 1000,
        loadShare: counted.cpuNs / counted.elapsedNs,
      }
    },
  }
}

function bytesPerCpu(key: string, title: string, job: Job): Figure {
  return {
    key,
    title,
    unit: 'GB/s',
    isLessBetter: false,
    measure: async (contender) => {
      const { counted, cpu } = await run(contender, job)
      return { value: counted.bytes / cpu.allNs, loadShare: counted.cpuNs / counted.elapsedNs }
    },
  }
}

/**
 * How often the warm-up ends and begins anew. V8 throws away what it has compiled when it first meets something new, and
 * an end of a connection is that: with one warm-up it happened at its end, and the first second that was measured ran
 * half compiled.
 */
const WARM_UP_PARTS = 5

/**
 * A fresh proxy for each measurement: no contender inherits another one's history. It is warmed up with the same job,
 * because V8 compiles on the way and a proxy runs for months.
 */
async function run(contender: Contender, job: Job): Promise<{ counted: Counted; cpu: CpuUse }> {
  const backendPort = await freePort()
  const started = await contender.start(backendPort)
  try {
    const part = { ...job, amount: Math.ceil(job.warmUp / WARM_UP_PARTS) }
    for (let played = 0; played < WARM_UP_PARTS; played++) await play(part, started.port, backendPort)
    const before = use(started.pid)
    const counted = await play(job, started.port, backendPort)
    const after = use(started.pid)
    return { counted, cpu: { allNs: after.allNs - before.allNs, mainNs: after.mainNs - before.mainNs } }
  } finally {
    await started.stop()
  }
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

function use(pid: number | undefined): CpuUse {
  return pid === undefined ? { allNs: Number.NaN, mainNs: Number.NaN } : cpuOf(pid)
}
