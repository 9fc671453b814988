import {
  type PowerContext,
  PowerError,
  type PowerReading,
  type ServerManagerConfig,
  type ServerPower,
  type ServerPowerType,
} from '@infrarust/core/server-power'
import { runProgram } from './run-program.ts'

/** `type = "command"`: programs of the operator's own that start and stop it: systemd, ssh, wake-on-LAN, curl. */
export const command: ServerPowerType = {
  type: 'command',
  codeFolder: new URL('..', import.meta.url).href,
  open: (config, context) => new CommandPower(config, context),
}

class CommandPower implements ServerPower {
  /** A service that is not up yet is not active either: that it runs is only believed, that it does not is waited out. */
  readonly staleMs: number = Number.POSITIVE_INFINITY
  readonly #config: ServerManagerConfig
  readonly #context: PowerContext
  /** One after the other: the second of two starts finds what the first one has done. */
  #work: Promise<unknown> = Promise.resolve()

  constructor(config: ServerManagerConfig, context: PowerContext) {
    this.#config = config
    this.#context = context
  }

  async state(signal: AbortSignal): Promise<PowerReading> {
    signal.throwIfAborted()
    const { state } = this.#config
    if (state === undefined || state.length === 0) return { state: 'unknown' }
    const { code } = await this.#run('state', state, signal)
    return { state: code === 0 ? 'running' : 'stopped' }
  }

  start(signal: AbortSignal): Promise<void> {
    return this.#inTurn(async () => {
      signal.throwIfAborted()
      if ((await this.state(signal)).state !== 'running') await this.#order('start', this.#config.start, signal)
    })
  }

  stop(signal: AbortSignal): Promise<void> {
    return this.#inTurn(async () => {
      signal.throwIfAborted()
      if ((await this.state(signal)).state !== 'stopped') await this.#order('stop', this.#config.stop, signal)
    })
  }

  /** What it runs belongs to somebody else. */
  close(): Promise<void> {
    return Promise.resolve()
  }

  #inTurn(act: () => Promise<void>): Promise<void> {
    const done = this.#work.then(act)
    this.#work = done.catch(() => undefined)
    return done
  }

  async #order(key: 'start' | 'stop', argv: readonly string[] = [], signal: AbortSignal): Promise<void> {
    const { code, lastLine } = await this.#run(key, argv, signal)
    if (code === 0) return
    const words = lastLine === undefined ? '' : `: ${lastLine}`
    throw new PowerError('failed', `${this.#called(key, argv)} has ended with status ${code}${words}`)
  }

  #run(key: string, argv: readonly string[], signal: AbortSignal): ReturnType<typeof runProgram> {
    const { workingDir, commandTimeoutMs } = this.#config
    return runProgram(
      {
        argv,
        cwd: workingDir ?? this.#context.folder,
        env: { ...process.env, INFRARUST_SERVER: this.#context.server.id },
        timeoutMs: commandTimeoutMs,
        called: this.#called(key, argv),
      },
      signal,
    )
  }

  /** Without its arguments, which may hold a password. */
  #called(key: string, [program = '']: readonly string[]): string {
    return `the ${key} command (${program})`
  }
}
