import { spawn } from 'node:child_process'

/** Set for the program by what has started it in front of itself: the id of that process. */
export const LAUNCHER = 'INFRARUST_LAUNCHER'

/** What a launcher passes on: everything that asks a running proxy for something, or to end. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2']

/**
 * Runs the program in front of this process: its standard streams, signals and its end pass through. A terminal sends its
 * own signals to both; the program takes what comes twice at once for one.
 *
 * @param command what is run, such as a Node
 * @param args its arguments
 * @param env  its environment
 * @param cwd  its working directory
 */
export function runInFront(command, args, env, cwd = process.cwd()) {
  const program = spawn(command, args, {
    cwd,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...env, [LAUNCHER]: String(process.pid) },
  })
  let listens = false
  program.on('message', () => {
    listens = true
  })
  const pass = (signal) => {
    if (listens || (signal !== 'SIGUSR1' && signal !== 'SIGHUP')) program.kill(signal)
    // Before it listens the one would open its debugger, and there is no log file yet to open again; the other would end it.
    else if (signal === 'SIGHUP') setTimeout(pass, 100, signal)
  }
  for (const signal of SIGNALS) process.on(signal, pass)
  program.on('error', (error) => {
    process.stderr.write(`infrarust: cannot run ${command}: ${error.message}\n`)
    process.exit(1)
  })
  program.on('exit', (code, signal) => {
    if (signal === null) process.exit(code)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
  return program
}
