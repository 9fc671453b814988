/**
 * Runs the README's `test`, and of a failed run the failed test files once more: real engines, proxies and clocks share
 * the machine with whatever else it does. A test that fails twice has failed. One that passes only the second time is
 * named, and more than two of those are a failure too: that is no coincidence any more.
 *
 *     node .ci/tests.mjs <file for the outcome>
 *
 * The outcome is `<passed> <failed>` on its first line; each further line is something to say at the end of the run.
 */
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { readRun } from './suites.mjs'

const MOST_UNSTEADY = 2

const [, , outcomeFile] = process.argv
const { packageManager } = JSON.parse(readFileSync('package.json', 'utf8'))

const first = await run('tests')
const suites = [...first.suites.values()]
const failedSuites = suites.filter(({ failed }) => failed > 0)
let passed = sum(suites, 'passed')
let failed = sum(suites, 'failed')
const failures = []
const unsteady = []

for (const suite of failedSuites) {
  passed -= suite.passed
  failed -= suite.failed
  const again = await runAgain(suite)
  passed += again.passed
  failed += again.failed
  const failedTwice = new Set(titles(again))
  failures.push(...failedTwice)
  unsteady.push(...titles(suite).filter((title) => !failedTwice.has(title)))
}
// Ended from outside, turbo has nothing to say about what it had not begun.
if (first.status !== 0 && failedSuites.length === 0) {
  failed++
  failures.push('the run of the tests ended before its end')
}
if (unsteady.length > MOST_UNSTEADY) {
  failed++
  failures.push(`${unsteady.length} tests passed only the second time, and at most ${MOST_UNSTEADY} may`)
}
writeFileSync(
  outcomeFile,
  [
    `${passed} ${failed}`,
    ...unsteady.map((title) => `passed only the second time: ${title}`),
    ...failures.map((title) => `failed: ${title}`),
  ]
    .map((line) => `${line}\n`)
    .join(''),
)

/** What failed of this suite, in the same way as before; all of it where no test file is to blame. */
async function runAgain(suite) {
  const files = new Set(suite.failures.map(({ file }) => file))
  const projects = new Set(suite.failures.map(({ project }) => project).filter((name) => name !== ''))
  const isByFile = files.size > 0 && !files.has(undefined)
  const selection = [...files, ...[...projects].map((name) => `--project=${name}`)]
  const { suites: ran } = await run(`once more: ${suite.name}`, [
    `--filter=${suite.name}`,
    ...(isByFile ? ['--', ...selection] : []),
  ])
  const again = ran.get(suite.name) ?? { name: suite.name, passed: 0, failed: 1, failures: [] }
  // The tests that passed in the first run were not all run again.
  return isByFile ? { ...again, passed: Math.max(0, suite.passed + suite.failed - again.failed) } : again
}

/** `pnpm test` with these arguments, shown and read. */
async function run(title, args = []) {
  process.stdout.write(`\n== ${title}\n`)
  const began = Date.now()
  const env = { ...process.env, TURBO_RUN_SUMMARY: 'true' }
  const child = spawn('npx', ['--yes', packageManager, 'test', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => {
      output += text
      process.stdout.write(text)
    })
  const status = await new Promise((resolve) => child.on('close', resolve))
  return { status, suites: readRun(output, began) }
}

/** What failed of it, by name; the name of the suite itself where it failed as a whole. */
function titles({ name, failed, failures }) {
  if (failed > 0 && failures.length === 0) return [name]
  return failures.map(({ title }) => `${name}: ${title}`)
}

function sum(list, key) {
  return list.reduce((total, each) => total + each[key], 0)
}
