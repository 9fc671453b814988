import { execFile } from 'node:child_process'

/**
 * Tells systemd how far the service is; does nothing where systemd has not asked to be told.
 *
 * Through systemd's own program: the messages go to a unix datagram socket, which Node cannot open.
 *
 * @param state such as `READY=1`
 * @see sd_notify(3)
 */
export function tellSystemd(...state: readonly string[]): void {
  if (process.env.NOTIFY_SOCKET === undefined) return
  execFile('systemd-notify', [`--pid=${process.pid}`, ...state], (error) => {
    if (error !== null) process.stderr.write(`infrarust: systemd was not told ${state.join(' ')}: ${error.message}\n`)
  })
}
