import { readdirSync, readFileSync } from 'node:fs'

/** Nanoseconds of CPU that a process has used, all of it and its first thread (JavaScript, in Infrarust). */
export interface CpuUse {
  readonly allNs: number
  readonly mainNs: number
}

/** @see proc_pid_schedstat: time spent on the CPU in nanoseconds, then on the run queue, then time slices */
export function cpuOf(pid: number): CpuUse {
  let allNs = 0
  let mainNs = 0
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const [ns] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')
    allNs += Number(ns)
    if (Number(thread) === pid) mainNs = Number(ns)
  }
  return { allNs, mainNs }
}

/** Resident memory without what is shared with other processes, in bytes. @see proc_pid_smaps_rollup */
export function memoryOf(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  const kilobytes = ['Private_Clean', 'Private_Dirty'].map((key) =>
    Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1] ?? 0),
  )
  return kilobytes.reduce((sum, each) => sum + each, 0) * 1024
}
