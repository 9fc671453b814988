import { execFile } from 'node:child_process'
import { tell } from './print/print.ts'

/**
 * The service manager that waits to hear how far the service is; where none has asked, nothing is said.
 *
 * Through systemd's own program: the messages go to a unix datagram socket, which Node cannot open.
 *
 * @see sd_notify(3)
 */
export class Systemd {
  readonly #isAsking = process.env.NOTIFY_SOCKET !== undefined
  /** One message after the other: the end of a reload must not overtake its beginning. */
  #told: Promise<void> = Promise.resolve()

  ready(): void {
    this.#tell('READY=1')
  }

  stopping(): void {
    this.#tell('STOPPING=1')
  }

  /** Says that a reload has begun, and its end however it ends: what is wrong then is the command's to say. */
  async reloading<Result>(reload: () => Promise<Result>): Promise<Result> {
    this.#tell('RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1_000n}`)
    try {
      return await reload()
    } finally {
      this.ready()
    }
  }

  #tell(...state: readonly string[]): void {
    if (this.#isAsking) this.#told = this.#told.then(() => notify(state))
  }
}

function notify(state: readonly string[]): Promise<void> {
  return new Promise((resolve) =>
    execFile('systemd-notify', [`--pid=${process.pid}`, ...state], (error) => {
      if (error !== null) tell(`infrarust: systemd was not told ${state.join(' ')}: ${error.message}`)
      resolve()
    }),
  )
}
