/**
 * Adds up the tests of the newest turbo run: prints `<passed> <failed>`, then a line for each test that failed; details
 * to standard error.
 *
 * Turbo's summary names every task and its exit code, the output of the run has what each has said, those from the cache
 * included. A skipped test is a failed one, and so is a task that failed without a failed test to show for it (no tests
 * found, a crash, a build).
 *
 *     node .ci/suites.mjs <output of the run> <its start, epoch milliseconds>
 */
import { globSync, readFileSync, statSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'

const [, , outputFile, began] = process.argv
const output = stripVTControlCharacters(readFileSync(outputFile, 'utf8'))
const runs = globSync('.turbo/runs/*.json')
  .map((file) => ({ file, at: statSync(file).mtimeMs }))
  .filter((run) => run.at >= Number(began))
  .sort((a, b) => b.at - a.at)
if (runs.length === 0) fail('turbo wrote no summary: no test ran')

let passed = 0
let failed = 0
for (const task of JSON.parse(readFileSync(runs[0].file, 'utf8')).tasks) {
  // A package without a script of this name takes part as an empty task.
  if (task.command === '<NONEXISTENT>') continue
  const isGood = task.execution?.exitCode === 0
  const count = task.task === 'test' ? counts(task.package) : { passed: 0, failed: 0 }
  if (count.failed === 0 && (!isGood || (task.task === 'test' && count.passed === 0))) count.failed = 1
  if (task.task === 'test' || count.failed > 0)
    process.stderr.write(`${task.taskId}: ${count.passed} passed, ${count.failed} failed\n`)
  passed += count.passed
  failed += count.failed
}
process.stdout.write(`${[`${passed} ${failed}`, ...failedTests()].join('\n')}\n`)

/** Vitest's last lines, behind turbo's prefix: `@infrarust/core:test:   Tests  1 failed | 12 passed | 2 skipped (15)`. */
function counts(packageName) {
  const total = { passed: 0, failed: 0 }
  for (const line of output.split('\n')) {
    const said = line.startsWith(`${packageName}:test: `) ? line.slice(`${packageName}:test: `.length) : ''
    if (!/^\s*Tests\s+\d+ .*\(\d+\)\s*$/.test(said)) continue
    for (const [, count, word] of said.matchAll(/(\d+) (passed|failed|skipped|todo)/g))
      total[word === 'passed' ? 'passed' : 'failed'] += Number(count)
  }
  return total
}

/** Vitest's headings over its failures: ` FAIL  |node transport| test/hops.test.ts > hops > the last one logs the client`. */
function failedTests() {
  const lines = output.matchAll(/^(\S+):test: +FAIL +(.+?) *$/gm)
  return [...new Set([...lines].map(([, packageName, test]) => `${packageName}: ${test}`))]
}

function fail(message) {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}
