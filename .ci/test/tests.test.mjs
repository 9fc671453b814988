import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'

const ROOT = join(import.meta.dirname, '../..')
const FLAKY = (number) => `@workspace/flaky: flaky.test.ts > passes the second time ${number}`

/**
 * Runs tests.mjs for real in a copy of a small workspace: one package whose tests always pass, and one in which so many
 * pass the second time and so many never.
 */
function outcomeOf(setup, t) {
  const folder = mkdtempSync(join(tmpdir(), 'infrarust-ci-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  cpSync(join(import.meta.dirname, 'workspace'), folder, { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'setup.json'), JSON.stringify(setup))
  const env = { ...process.env, STATE: folder, TURBO_FORCE: 'true', TURBO_TELEMETRY_DISABLED: '1' }
  const ran = spawnSync(process.execPath, [join(ROOT, '.ci/tests.mjs'), join(folder, 'outcome')], {
    cwd: folder,
    env,
    encoding: 'utf8',
  })
  assert.equal(ran.status, 0, `${ran.stdout}${ran.stderr}`)
  const runsOf = (name) => readFileSync(join(folder, name), 'utf8').length
  const [sum, ...remarks] = readFileSync(join(folder, 'outcome'), 'utf8').trimEnd().split('\n')
  return { sum, remarks, output: ran.stdout, runsOf }
}

describe('the tests of .ci/run', () => {
  it('count each test once where all pass', (t) => {
    assert.deepEqual(pick(outcomeOf({ flaky: 0, broken: 0 }, t)), { sum: '3 0', remarks: [] })
  })
  it('name a test that passes only the second time, and repeat nothing but its file', (t) => {
    const outcome = outcomeOf({ flaky: 1, broken: 0 }, t)
    assert.deepEqual(pick(outcome), { sum: '4 0', remarks: [`passed only the second time: ${FLAKY(1)}`] })
    assert.equal(outcome.runsOf('steady'), 1, outcome.output)
    assert.equal(outcome.runsOf('neighbour'), 1, outcome.output)
  })
  it('pass with two such tests, and fail from the third on', (t) => {
    assert.equal(outcomeOf({ flaky: 2, broken: 0 }, t).sum, '5 0')
    const { sum, remarks } = outcomeOf({ flaky: 3, broken: 0 }, t)
    assert.equal(sum, '6 1')
    assert.deepEqual(remarks, [
      ...[1, 2, 3].map((number) => `passed only the second time: ${FLAKY(number)}`),
      'failed: 3 tests passed only the second time, and at most 2 may',
    ])
  })
  it('count a test that fails twice as failed', (t) => {
    assert.deepEqual(pick(outcomeOf({ flaky: 1, broken: 1 }, t)), {
      sum: '4 1',
      remarks: [`passed only the second time: ${FLAKY(1)}`, 'failed: @workspace/flaky: flaky.test.ts > never passes 1'],
    })
  })
})

function pick({ sum, remarks }) {
  return { sum, remarks }
}
