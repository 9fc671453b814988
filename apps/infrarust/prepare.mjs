/**
 * Installs what running needs, builds it, and notes that it is done: what `./infrarust` calls where something is missing.
 * Plain JavaScript for whatever Node the machine has (20 or newer); the program itself runs on the one that is installed.
 */
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..', '..')
const modules = join(root, 'node_modules')
const ready = join(modules, '.infrarust-ready')

const LOCK = 'node_modules/.infrarust-preparing'
const OLDEST_NODE = 20

if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
  fail(`the first start needs Node ${OLDEST_NODE} or newer, this is ${process.version}`)
}
// Where the lock is: the path of a socket may not be long.
process.chdir(root)
mkdirSync('node_modules', { recursive: true })
await untilAlone()

// What is saved while it is built is newer than this, and built by the next start.
const begun = new Date()
rmSync(ready, { force: true })
pnpm('Installing what running needs', ['install', '--frozen-lockfile', ...installScope(), '--loglevel=warn'])
pnpm('Building', ['exec', 'turbo', 'run', 'build', '--filter=infrarust...', '--output-logs=errors-only'])
const parts = ['apps/infrarust', 'apps/dashboard', ...readdirSync('packages').map((name) => `packages/${name}`)]
const built = parts.map((part) => `${part}/dist`).filter((folder) => existsSync(folder))
// Renamed when it is whole: another start may read it at this moment.
writeFileSync(`${ready}.new`, `${built.join('\n')}\n`)
utimesSync(`${ready}.new`, begun, begun)
renameSync(`${ready}.new`, ready)
process.exit()

/**
 * Two that install at once would be in each other's way. Whoever listens on the lock is the one; the others hold a
 * connection to it, which ends when it does, however it ends.
 */
async function untilAlone() {
  const own = `${LOCK}.${process.pid}`
  process.on('exit', () => rmSync(own, { force: true }))
  try {
    rmSync(own, { force: true })
    // Under a name of its own first: between its bind and its listen it looks like one that was killed.
    await once(createServer().listen(own), 'listening')
  } catch (error) {
    fail(`cannot write to ${modules}: ${error.message}`)
  }
  while (!take(own)) await otherHasEnded()
  process.on('exit', () => rmSync(LOCK, { force: true }))
}

function take(own) {
  try {
    linkSync(own, LOCK)
    return true
  } catch (error) {
    // A file system without hard links: nobody waits for anybody there.
    return error.code !== 'EEXIST'
  }
}

async function otherHasEnded() {
  const found = lstatSync(LOCK, { throwIfNoEntry: false })?.ino
  const other = connect(LOCK)
  try {
    await once(other, 'connect')
    say('Waiting for another start, which installs and builds')
    await once(other.resume(), 'close')
  } catch (error) {
    // It was killed. Its lock goes, unless somebody else has just done that and has a lock of that name now.
    const isLeft = error.code === 'ECONNREFUSED' && lstatSync(LOCK, { throwIfNoEntry: false })?.ino === found
    if (isLeft) rmSync(LOCK, { force: true })
  }
}

/** `--prod` leaves the test tools out (hundreds of megabytes), but never takes them from a developer who has them. */
function installScope() {
  try {
    const installed = JSON.parse(readFileSync(join(modules, '.modules.yaml'), 'utf8'))
    return installed.included.devDependencies ? ['--prefer-offline'] : ['--prod', '--prefer-offline']
  } catch {
    return ['--prod', '--prefer-offline']
  }
}

/** Runs one command of pnpm; its output is shown only where it fails. */
function pnpm(what, args) {
  say(what)
  const [command, ...before] = pnpmCommand()
  const done = spawnSync(command, [...before, ...args], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: Number.POSITIVE_INFINITY,
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' },
  })
  if (done.status === 0) return
  process.stderr.write(`${done.stdout ?? ''}${done.stderr ?? ''}`)
  if (done.error !== undefined) fail(`cannot run ${command}, which comes with npm: ${done.error.message}`)
  fail(`"pnpm ${args.join(' ')}" failed`, done.status ?? 1)
}

/** The pnpm that has started us; without one (`./infrarust`) the version that package.json names. */
function pnpmCommand() {
  const running = process.env.npm_execpath
  if (running && /pnpm\.c?js$/.test(running)) return [process.execPath, running]
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return ['npx', '--yes', packageManager]
}

function say(what) {
  process.stderr.write(`infrarust: ${what} …\n`)
}

function fail(text, code = 1) {
  process.stderr.write(`infrarust: ${text}\n`)
  process.exit(code)
}
