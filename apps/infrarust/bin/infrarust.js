#!/usr/bin/env node
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const OLDEST_NODE = 24
/** Set for the program by the older Node that has started it: the id of that process. */
const LAUNCHER = 'INFRARUST_LAUNCHER'

const args = process.argv.slice(2)
const bin = fileURLToPath(import.meta.url)
const isLaunched = process.env[LAUNCHER] === String(process.ppid)

if (Number.parseInt(process.versions.node, 10) >= OLDEST_NODE) {
  if (isLaunched) endWithLauncher()
  const { main } = await import('../dist/index.js')
  await main(args)
} else {
  // What was found there may be too old itself.
  const newer = isLaunched ? undefined : newerNode(dirname(bin))
  if (newer !== undefined) runOn(newer)
  else {
    process.stderr.write(`infrarust: needs Node ${OLDEST_NODE} or newer, this is ${process.version}\n`)
    process.exitCode = 1
  }
}

/** The Node of the workspace or of the project around it, which the `node` package has installed. */
function newerNode(folder) {
  const found = ['node', 'node.exe'].map((name) => join(folder, 'node_modules/node/bin', name)).find(existsSync)
  const above = dirname(folder)
  return found ?? (above === folder ? undefined : newerNode(above))
}

/** Runs the program in front of this process: its streams, signals and exit code pass through. */
function runOn(node) {
  const program = spawn(node, [bin, ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, [LAUNCHER]: String(process.pid) },
  })
  const isOnTerminal = process.stdin.isTTY || process.stdout.isTTY
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => {
      // A terminal has sent its Ctrl-C to both processes, and a second one means "at once".
      if (!(signal === 'SIGINT' && isOnTerminal)) program.kill(signal)
    })
  program.on('error', (error) => {
    process.stderr.write(`infrarust: cannot run ${node}: ${error.message}\n`)
    process.exit(1)
  })
  program.on('exit', (code, signal) => {
    if (signal === null) process.exit(code)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

/** Whoever kills the launcher would leave a proxy without a parent behind, on its port. */
function endWithLauncher() {
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  process.channel.unref()
}
