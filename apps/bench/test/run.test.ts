import { spawnSync } from 'node:child_process'
import { beforeAll, describe, expect, it } from 'vitest'
import { HAPROXY, infrarust } from '../src/contenders.ts'
import { figures, loginFigures, type Measured } from '../src/figures.ts'
import { buildLoad } from '../src/load.ts'
import { rows, table } from '../src/report.ts'

const compiler = process.env.CXX ?? 'c++'
const hasCompiler = isThere(compiler, '--version')
const hasHaproxy = isThere('haproxy', '-v')
const leftOut = [
  ...(hasCompiler ? [] : [`everything: no ${compiler} to build the load generator with`]),
  ...(hasHaproxy ? [] : ['the ratios: no haproxy to compare with']),
]

/** So small that it says nothing about speed, only that each job is played and counted. */
const SCALE = {
  connections: 40,
  warmUpConnections: 20,
  milliseconds: 300,
  warmUpMilliseconds: 300,
  idleConnections: 40,
  rate: 500,
  logins: 5,
  warmUpLogins: 5,
}

describe('what the bench needs', () => {
  it('is there, or is named', () => {
    for (const each of leftOut) console.warn(`left out here: ${each}`)
    expect(process.env.CI === 'true' ? leftOut : []).toEqual([])
  })
})

describe.runIf(hasCompiler)('a run', () => {
  const base = hasHaproxy ? [HAPROXY] : []
  const runs = [
    ...figures(SCALE).map((figure) => ({ figure, contenders: [infrarust('node'), ...base] })),
    ...loginFigures(SCALE).map((figure) => ({
      figure,
      contenders: [infrarust('node', 1, [], 'client_only'), ...base],
    })),
  ]

  beforeAll(buildLoad)

  for (const { figure, contenders } of runs) {
    it(`measures ${figure.key} through ${contenders.map(({ name }) => name).join(' and ')}`, async () => {
      const values = new Map<string, Measured[]>()
      for (const contender of contenders) {
        const prepared = await figure.prepare(contender)
        const measured = await prepared.measure().finally(() => prepared.stop())
        expect(measured.value).toSatisfy(Number.isFinite)
        // So few idle connections may fit into what a process has already.
        if (figure.key !== 'idle') expect(measured.value).toBeGreaterThan(0)
        values.set(contender.name, [measured])
      }
      expect(table(rows({ figure, values }, HAPROXY.name))).toContain(figure.title)
    })
  }
})

function isThere(program: string, question: string): boolean {
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` }
  return spawnSync(program, [question], { env, stdio: 'ignore' }).error === undefined
}
