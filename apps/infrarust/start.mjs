process.on('SIGUSR1', () => {}) // Before any import: without a listener this signal opens Node's debugger to every local process.

/**
 * `pnpm start`: runs `./infrarust` in the folder in which pnpm was called, with all arguments, and sees to its end. Plain
 * JavaScript for whatever Node the machine has (20 or newer).
 */
const { readFileSync } = await import('node:fs')
const { join } = await import('node:path')
const { runInFront } = await import('./bin/run-in-front.js')

// pnpm's: it would let the program find packages that it never declared.
const { NODE_PATH: _, ...env } = process.env
// pnpm goes to the root of the workspace; paths in the arguments are those of the shell that has called it.
const cwd = process.env.INIT_CWD || process.cwd()
const program = runInFront(join(import.meta.dirname, '../../infrarust'), process.argv.slice(2), env, cwd)

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

/**
 * The processes of npm and pnpm above this one. npm runs pnpm through a shell that dies of a signal without passing it on:
 * whoever stops `npx` alone would leave a proxy without a parent behind, on its port.
 */
function launchers() {
  if (process.platform !== 'linux' || process.env.npm_lifecycle_event !== 'start') return []
  const above = []
  for (let pid = process.ppid; pid > 1 && above.length < 3; pid = look(pid).parent) above.push(pid)
  // npx, its shell and pnpm; or pnpm alone. Above them is the user's own shell, which may well end before us.
  return look(above.at(-1)).title.startsWith('npm') ? above : above.slice(0, 1)
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
