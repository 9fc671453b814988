/**
 * What a run of turbo says about the tests of each package. Its summary names every task and its exit code; the output of
 * the run has what each has said, those from the cache included. A skipped test is a failed one, and so is a task that
 * failed without a failed test to show for it (no tests found, a crash, a build).
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'

const SUMMARIES = '.turbo/runs'

/**
 * Package → `{ name, passed, failed, failures }`, where a failure is `{ title, project, file }`.
 *
 * @param output what the run has printed
 * @param began  when it did, in epoch milliseconds
 */
export function readRun(output, began) {
  const lines = stripVTControlCharacters(output).split('\n')
  const suites = new Map()
  for (const task of tasksSince(began)) {
    // A package without a script of this name takes part as an empty task.
    if (task.command === '<NONEXISTENT>') continue
    const isGood = task.execution?.exitCode === 0
    const suite = suites.get(task.package) ?? { name: task.package, passed: 0, failed: 0, failures: [] }
    if (task.task === 'test') {
      const said = saidBy(task.package, lines)
      const { passed, failed } = counts(said)
      suite.passed += passed
      suite.failed += failed > 0 || (isGood && passed > 0) ? failed : 1
      suite.failures.push(...failuresIn(said))
    } else if (!isGood) suite.failed++
    suites.set(task.package, suite)
  }
  for (const { name, passed, failed } of suites.values())
    process.stdout.write(`${name}: ${passed} passed, ${failed} failed\n`)
  return suites
}

/** The tasks of the newest run since then. */
function tasksSince(began) {
  let names = []
  try {
    names = readdirSync(SUMMARIES)
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
  }
  const [newest] = names
    .map((name) => ({ file: join(SUMMARIES, name), at: statSync(join(SUMMARIES, name)).mtimeMs }))
    .filter(({ at }) => at >= began)
    .sort((a, b) => b.at - a.at)
  if (newest === undefined) return [{ package: 'turbo', task: 'test', command: 'wrote no summary: no test ran' }]
  return JSON.parse(readFileSync(newest.file, 'utf8')).tasks
}

/** Turbo puts the package in front: `@infrarust/core:test:   Tests  12 passed (12)`. */
function saidBy(packageName, lines) {
  const prefix = `${packageName}:test: `
  return lines.filter((line) => line.startsWith(prefix)).map((line) => line.slice(prefix.length))
}

/** Vitest's last lines: `  Tests  1 failed | 12 passed | 2 skipped (15)`. */
function counts(said) {
  const total = { passed: 0, failed: 0 }
  for (const line of said.filter((each) => /^\s*Tests\s+\d+ .*\(\d+\)\s*$/.test(each)))
    for (const [, count, word] of line.matchAll(/(\d+) (passed|failed|skipped|todo)/g))
      total[word === 'passed' ? 'passed' : 'failed'] += Number(count)
  return total
}

/**
 * Vitest's headings over its failures: ` FAIL  |node transport| test/hops.test.ts > hops > the last one logs the client`,
 * with spaces for the bars where it has colours. Where no file is named, none is given.
 */
function failuresIn(said) {
  const headings = said.flatMap((line) => /^ *FAIL +(.+?) *$/.exec(line)?.[1] ?? [])
  return [...new Set(headings)].map((title) => {
    const [, before = '', file] = /^(.*?)(\S+\.test\.ts)/.exec(title) ?? []
    return { title, file, project: before.replaceAll('|', '').trim() }
  })
}
