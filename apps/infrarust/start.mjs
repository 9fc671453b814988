process.on('SIGUSR1', () => {}) // Before any import: without a listener this signal opens Node's debugger to every local process.

/**
 * `pnpm start`: installs what running needs, builds it, runs the program. Plain JavaScript for whatever Node the
 * machine has (20 or newer); the program itself runs on the Node that the workspace pins. All arguments are passed on.
 */
const { spawnSync } = await import('node:child_process')
const { existsSync, readFileSync } = await import('node:fs')
const { join } = await import('node:path')
const { runInFront } = await import('./bin/run-in-front.js')

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

/** Runs the program in front of this process, and has it end where those who have started this one are gone. */
function run(node, args) {
  const { NODE_PATH: _, ...env } = process.env // pnpm's: it would let the program find packages that it never declared
  const program = runInFront(node, args, env)
  let isStopping = false
  const asked = () => {
    isStopping = true
  }
  // Not SIGHUP, which is a reload mostly. Where a closed terminal sends it, one more signal does no harm.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGUSR2']) process.on(signal, asked)

  const started = launchers()
  const watch = setInterval(() => {
    if (isStopping || started.every(isAlive)) return
    asked()
    program.kill('SIGTERM')
  }, 500)
  program.on('exit', () => clearInterval(watch))
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
