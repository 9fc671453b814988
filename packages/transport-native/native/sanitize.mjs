// Runs the hammer, and with --contract the contract suite too, on a build with sanitizers.
//
//   node native/sanitize.mjs address [SECONDS] [--contract]   AddressSanitizer, LeakSanitizer, UndefinedBehaviorSanitizer
//   node native/sanitize.mjs thread  [SECONDS] [--contract]   ThreadSanitizer
//
// Node itself is not instrumented: the runtime is preloaded, and what Node does with its own memory is not judged.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

const packageDir = dirname(import.meta.dirname)
const withContract = process.argv.includes('--contract')
const [kind = 'address', seconds = '60'] = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))

const KINDS = {
  address: {
    runtimes: ['libasan.so', 'libubsan.so'],
    environment: {
      ASAN_OPTIONS: 'detect_leaks=0:abort_on_error=0:exitcode=99:detect_stack_use_after_return=0',
      UBSAN_OPTIONS: 'print_stacktrace=1:halt_on_error=1:exitcode=99',
      LSAN_OPTIONS: `suppressions=${join(import.meta.dirname, 'lsan.supp')}:print_suppressions=0`,
    },
    // At the end of the hammer, which has closed its transport, nothing of the relay threads is left. The test runner has
    // add-ons of its own, which are not judged.
    ofHammer: { ASAN_OPTIONS: 'detect_leaks=1:abort_on_error=0:exitcode=99:detect_stack_use_after_return=0' },
  },
  thread: {
    runtimes: ['libtsan.so'],
    environment: {
      TSAN_OPTIONS: `halt_on_error=0:exitcode=99:report_signal_unsafe=0:ignore_noninstrumented_modules=1:suppressions=${join(import.meta.dirname, 'tsan.supp')}`,
    },
  },
}

const compiler = process.env.CXX ?? 'g++'
const { runtimes, environment, ofHammer } = KINDS[kind] ?? {}
if (runtimes === undefined) fail(`sanitize: "${kind}" is neither "address" nor "thread"`)
const preload = runtimes.map(runtimePath)

run(process.execPath, [join(import.meta.dirname, 'build.mjs'), `--sanitize=${kind}`], process.env)
const sanitized = {
  ...process.env,
  ...environment,
  LD_PRELOAD: preload.join(' '),
  INFRARUST_NATIVE_DIR: join(packageDir, 'build', `sanitize-${kind}`),
}
if (withContract) {
  const vitest = join(packageDir, 'node_modules', 'vitest', 'vitest.mjs')
  runUnrandomised([vitest, 'run', 'test/contract', '--testTimeout=120000'], sanitized)
}
runUnrandomised([join(packageDir, 'test', 'hammer-run.ts'), seconds], { ...sanitized, ...ofHammer })
console.log(`sanitize: ${kind} ran clean, the hammer for ${seconds} s`)

/** The sanitizers of this age do not know the widest address randomisation of new kernels. */
function runUnrandomised(arguments_, env) {
  run('setarch', [process.arch === 'x64' ? 'x86_64' : 'aarch64', '-R', process.execPath, ...arguments_], env)
}

function run(command, arguments_, env) {
  const result = spawnSync(command, arguments_, { cwd: packageDir, env, stdio: 'inherit' })
  if (result.status !== 0) fail(`sanitize: ${kind} found something, or did not run (${result.status ?? result.error})`)
}

function runtimePath(name) {
  const answer = spawnSync(compiler, [`-print-file-name=${name}`], { encoding: 'utf8' })
  const path = answer.stdout?.trim() ?? ''
  if (!existsSync(path)) fail(`sanitize: ${compiler} has no ${name} here`)
  return path
}

function fail(message) {
  console.error(message)
  process.exit(1)
}
