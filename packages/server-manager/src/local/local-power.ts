import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import {
  type PowerContext,
  PowerError,
  type PowerReading,
  type ServerManagerConfig,
  type ServerPower,
  type ServerPowerType,
} from '@infrarust/core/server-power'
import { LastLines } from './last-lines.ts'
import { type Found, LockFile } from './lock-file.ts'
import { identify, isGroupAlive, TOKEN_VARIABLE } from './process-identity.ts'

/** `type = "local"`: the server is a child of the proxy. */
export const local: ServerPowerType = {
  type: 'local',
  codeFolder: new URL('..', import.meta.url).href,
  open: (config, context) => new LocalPower(config, context),
}

/**
 * Those of this process, by the folder that they run in: two servers may have the same one by mistake, or since they are one
 * server under two domains.
 */
const OPEN = new Map<string, Set<LocalPower>>()

/** Looked at so often whether it has ended: of a child that was found again there is no event. */
const LOOK_MS = 200

/** The process group that it runs as. */
interface Running {
  readonly group: number
  /** Undefined: it was found after a crash of the proxy, and its console is gone. */
  readonly child: ChildProcessWithoutNullStreams | undefined
  /** The end that was asked for: its console, SIGTERM and SIGKILL, as far as it needs them. */
  ending: Promise<void> | undefined
}

/** What runs in this folder and is somebody else's to stop. */
interface Foreign {
  readonly group: number
  readonly whose: string
  readonly isEnding: boolean
}

class LocalPower implements ServerPower {
  readonly #config: ServerManagerConfig
  readonly #context: PowerContext
  readonly #workingDir: string
  readonly #lock: LockFile
  readonly #lines = new LastLines()
  #running: Running | undefined
  /** How the last one has ended, where that was not wanted. */
  #crash: string | undefined
  #isReady = true
  #starting: Promise<void> | undefined
  /** The group of another server that its operator was told about. */
  #toldOf: number | undefined
  #listener: () => void = () => undefined

  constructor(config: ServerManagerConfig, context: PowerContext) {
    this.#config = config
    this.#context = context
    this.#workingDir = resolve(context.folder, config.workingDir ?? '.')
    this.#lock = new LockFile(this.#workingDir)
    const others = OPEN.get(this.#workingDir) ?? new Set()
    OPEN.set(this.#workingDir, others.add(this))
  }

  async state(signal: AbortSignal): Promise<PowerReading> {
    signal.throwIfAborted()
    const running = this.#find()
    if (isForeign(running)) return { state: running.isEnding ? 'stopping' : 'running' }
    if (running !== undefined) {
      if (running.ending !== undefined) return { state: 'stopping' }
      return { state: this.#isReady ? 'running' : 'starting' }
    }
    return this.#crash === undefined ? { state: 'stopped' } : { state: 'crashed', why: this.#crash }
  }

  start(signal: AbortSignal): Promise<void> {
    this.#starting ??= this.#start(signal).finally(() => {
      this.#starting = undefined
    })
    return this.#starting
  }

  async stop(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const running = this.#find()
    if (isForeign(running)) throw new PowerError('busy', `it is left to ${running.whose}`)
    if (running !== undefined) running.ending ??= this.#end(running)
  }

  mayBeReady(): boolean {
    return this.#isReady
  }

  log(): Promise<readonly string[]> {
    return Promise.resolve(this.#lines.all)
  }

  onChange(listener: () => void): void {
    this.#listener = listener
  }

  async close(why: 'shutdown' | 'removed'): Promise<void> {
    await this.#starting?.catch(() => undefined)
    try {
      await this.#letGo(why)
    } finally {
      const others = OPEN.get(this.#workingDir)
      others?.delete(this)
      if (others?.size === 0) OPEN.delete(this.#workingDir)
    }
  }

  async #letGo(why: 'shutdown' | 'removed'): Promise<void> {
    const running = this.#find()
    if (running === undefined || isForeign(running)) return
    if (why === 'removed' || this.#config.stopWithProxy) {
      running.ending ??= this.#end(running)
      await running.ending
      return
    }
    // It goes on by itself; the next proxy finds it by the lock.
    const { child } = running
    if (child === undefined) return
    child.unref()
    child.stdin.destroy()
    child.stdout.destroy()
    child.stderr.destroy()
  }

  async #start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.#find() !== undefined) return
    const { command = '', args, readyPattern } = this.#config
    const token = randomUUID()
    const server = this.#context.server.id
    this.#crash = undefined
    this.#isReady = readyPattern === undefined
    try {
      this.#lock.write({ server, token })
    } catch (cause) {
      throw new PowerError('failed', `its working_dir cannot be written to: ${textOf(cause)}`, { cause })
    }
    const child = spawn(command, [...args], {
      cwd: this.#workingDir,
      env: { ...process.env, [TOKEN_VARIABLE]: token },
      // A group of its own: a Ctrl-C at the proxy is not for it, and what it starts ends with it.
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    this.#read(child)
    try {
      await once(child, 'spawn')
    } catch (cause) {
      this.#lock.remove()
      throw new PowerError('failed', `command = ${JSON.stringify(command)} cannot be run: ${textOf(cause)}`, { cause })
    }
    const { pid } = child
    if (pid === undefined) throw new PowerError('failed', 'it was started and has no process number')
    const leader = identify(pid)
    this.#lock.write({ server, token, ...(leader !== undefined && { leader }) })
    const running: Running = { group: pid, child, ending: undefined }
    this.#running = running
    if (child.exitCode !== null || child.signalCode !== null) this.#exited(running, child.exitCode, child.signalCode)
    else child.once('exit', (code, killedBy) => this.#exited(running, code, killedBy))
  }

  /** Always, to the end: who is not read stands still as soon as its pipe is full. */
  #read(child: ChildProcessWithoutNullStreams): void {
    const { readyPattern } = this.#config
    const take = (chunk: string): void =>
      this.#lines.take(chunk, (line) => {
        if (this.#isReady || readyPattern === undefined || !line.includes(readyPattern)) return
        this.#isReady = true
        this.#listener()
      })
    for (const output of [child.stdout, child.stderr]) {
      output.setEncoding('utf8')
      output.on('data', take)
      output.on('error', () => undefined)
    }
    child.stdin.on('error', () => undefined)
    child.on('error', () => undefined)
  }

  #exited(running: Running, code: number | null, killedBy: string | null): void {
    if (this.#running !== running) return
    if (running.ending === undefined && code !== 0)
      this.#crash = `it has ended by itself, ${code === null ? `by ${killedBy}` : `with status ${code}`}`
    // A script may have left the server itself behind, which then has no console any more.
    if (isGroupAlive(running.group)) {
      this.#crash = undefined
      this.#running = { group: running.group, child: undefined, ending: running.ending }
    } else this.#gone()
    this.#listener()
  }

  #gone(): void {
    this.#running = undefined
    this.#isReady = true
    this.#lock.remove()
  }

  /** What runs now: our own child, or one that an earlier proxy has started; or what is somebody else's. */
  #find(): Running | Foreign | undefined {
    const running = this.#running
    if (running !== undefined) {
      if (running.child !== undefined || isGroupAlive(running.group)) return running
      this.#gone()
      return undefined
    }
    const found = this.#lock.running()
    if (found === undefined) return undefined
    const { group } = found
    const foreign = this.#foreign(found)
    if (foreign !== undefined) {
      this.#tellOf(foreign)
      return foreign
    }
    this.#lock.takeOver()
    this.#running = { group, child: undefined, ending: undefined }
    this.#context.notice({
      level: 'warn',
      message: `runs already, as process ${group}, from before this proxy was started: its console is gone, so it will be stopped by SIGTERM`,
    })
    return this.#running
  }

  /** Another server of this process with the same folder, or a server of another proxy: its players are not ours to end. */
  #foreign({ group, server, otherProxy }: Found): Foreign | undefined {
    if (otherProxy !== undefined)
      return { group, whose: `the proxy with process number ${otherProxy}`, isEnding: false }
    if (server === this.#context.server.id) return undefined
    for (const other of OPEN.get(this.#workingDir) ?? []) {
      if (other.#context.server.id !== server) continue
      const isEnding = other.#running?.ending !== undefined
      return { group, whose: `server ${JSON.stringify(server)}, which has the same working_dir`, isEnding }
    }
    return undefined
  }

  #tellOf({ group, whose }: Foreign): void {
    if (this.#toldOf === group) return
    this.#toldOf = group
    this.#context.notice({
      level: 'warn',
      message: `finds a server in its working_dir, as process ${group}, which belongs to ${whose}: it is neither started nor stopped here`,
    })
  }

  /** By its console; then SIGTERM; then SIGKILL. */
  async #end(running: Running): Promise<void> {
    const { shutdownTimeoutMs } = this.#config
    const { child, group } = running
    if (child?.stdin.writable) {
      child.stdin.write('stop\n')
      if (await this.#hasEnded(group, shutdownTimeoutMs)) return this.#ended(running)
      this.#context.notice({ level: 'warn', message: `has not ended ${shutdownTimeoutMs} ms after "stop": SIGTERM` })
    }
    signalGroup(group, 'SIGTERM')
    if (await this.#hasEnded(group, shutdownTimeoutMs)) return this.#ended(running)
    this.#context.notice({ level: 'warn', message: `has not ended ${shutdownTimeoutMs} ms after SIGTERM: SIGKILL` })
    signalGroup(group, 'SIGKILL')
    await this.#hasEnded(group, shutdownTimeoutMs)
    this.#ended(running)
  }

  async #hasEnded(group: number, timeoutMs: number): Promise<boolean> {
    const until = performance.now() + timeoutMs
    while (isGroupAlive(group)) {
      if (performance.now() >= until) return false
      await wait(Math.min(LOOK_MS, timeoutMs))
    }
    return true
  }

  #ended(running: Running): void {
    if (this.#running?.group !== running.group) return
    this.#gone()
    this.#listener()
  }
}

function isForeign(found: Running | Foreign | undefined): found is Foreign {
  return found !== undefined && 'whose' in found
}

function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal)
  } catch {
    // It has ended meanwhile.
  }
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
