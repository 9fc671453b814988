/**
 * `pnpm start`: installs what running needs, builds it, runs the program. Plain JavaScript for whatever Node the
 * machine has (20 or newer); the program itself runs on the Node that the workspace pins. All arguments are passed on.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..', '..')

prepare('Installing what running needs', ['install', '--frozen-lockfile', ...installScope(), '--loglevel=warn'])
prepare('Building', ['exec', 'turbo', 'run', 'build', '--filter=infrarust...', '--output-logs=errors-only'])
run(pinnedNode(), [join(root, 'apps/infrarust/bin/infrarust.js'), ...process.argv.slice(2)])

/** `--prod` leaves the test tools out (hundreds of megabytes), but never takes them from a developer who has them. */
function installScope() {
  try {
    const modules = readFileSync(join(root, 'node_modules/.modules.yaml'), 'utf8')
    return JSON.parse(modules).included.devDependencies ? ['--prefer-offline'] : ['--prod']
  } catch {
    return ['--prod']
  }
}

/** Runs one pnpm command; its output is shown only where it fails. Standard output belongs to the program's log. */
function prepare(what, args) {
  if (process.stderr.isTTY) process.stderr.write(`${what} …\n`)
  const [command, ...before] = pnpm()
  const done = spawnSync(command, [...before, ...args], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: Number.POSITIVE_INFINITY,
    shell: command === 'npx' && process.platform === 'win32',
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' },
  })
  if (done.status === 0) return
  process.stderr.write(`${done.stdout ?? ''}${done.stderr ?? ''}${done.error ? `${done.error.message}\n` : ''}`)
  process.stderr.write(`infrarust: "pnpm ${args.join(' ')}" failed\n`)
  process.exit(done.status ?? 1)
}

/** The pnpm that runs this script; without one (`node apps/infrarust/start.mjs`) the version that package.json names. */
function pnpm() {
  const running = process.env.npm_execpath
  if (running && /pnpm\.c?js$/.test(running)) return [process.execPath, running]
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return ['npx', '--yes', packageManager]
}

/** The binary itself: the link in `.bin` is a shell script, which would keep signals from the program. */
function pinnedNode() {
  const folder = join(root, 'node_modules/node/bin')
  return ['node', 'node.exe'].map((name) => join(folder, name)).find(existsSync) ?? process.execPath
}

/** Runs the program in front of this process: its standard streams, signals and exit code pass through. */
function run(node, args) {
  const { NODE_PATH: _, ...env } = process.env // pnpm's: it would let the program find packages that it never declared
  const program = spawn(node, args, { stdio: 'inherit', env })
  let isStopping = false
  const stop = (signal) => {
    isStopping = true
    program.kill(signal)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop)

  const started = launchers()
  const watch = setInterval(() => {
    if (isStopping || started.every(isAlive)) return
    stop('SIGTERM')
  }, 500)

  program.on('error', (error) => {
    process.stderr.write(`infrarust: cannot run ${node}: ${error.message}\n`)
    process.exit(1)
  })
  program.on('exit', (code, signal) => {
    clearInterval(watch)
    if (signal === null) process.exit(code)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

/**
 * The processes of npm and pnpm above this one. Both run scripts through a shell that dies of a signal without passing
 * it on: whoever stops `npx` alone would leave a proxy without a parent behind, on its port.
 */
function launchers() {
  if (process.platform !== 'linux' || process.env.npm_lifecycle_event !== 'start') return []
  const above = []
  for (let pid = process.ppid; pid > 1 && above.length < 4; pid = look(pid).parent) above.push(pid)
  // npx, its shell, pnpm, its shell; or pnpm and its shell. Above them is the user's own, which may well end before us.
  return look(above.at(-1)).title.startsWith('npm') ? above : above.slice(0, 2)
}

function isAlive(pid) {
  return !['Z', 'X', ''].includes(look(pid).state)
}

/** @see proc_pid_stat(5): `pid (title) state parent …` */
function look(pid) {
  try {
    const [, title, state, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').match(/\((.*)\) (\S) (\d+)/s)
    return { title, state, parent: Number(parent) }
  } catch {
    return { title: '', state: '', parent: 0 }
  }
}
