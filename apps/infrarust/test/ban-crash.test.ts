import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { openSqliteStore } from '@infrarust/ban-sqlite'
import { parseBanTarget } from '@infrarust/core/ban-store'
import { folderWith } from '@infrarust/test-kit'
import { IS_LONG } from '@infrarust/test-kit/suite'
import { describe, expect, it } from 'vitest'
import { finish, type Program, start } from './program.ts'
import { Running } from './running.ts'

const ROUNDS = IS_LONG ? 20 : 4
/** The last kill comes when nine of ten are banned. */
const MORE_EACH_ROUND = 900 / ROUNDS
const TARGETS = Array.from({ length: 1_000 }, (_, index) => `10.0.${index >> 8}.${index & 255}`)

/** The command that bans a thousand addresses, and each line it has printed. */
class Banning {
  readonly program: Program
  readonly lines: string[] = []
  /** What it has complained about. */
  errors = ''
  readonly end: Promise<number | null>
  readonly #onLine = new Set<() => void>()

  constructor(folder: string) {
    this.program = start(['ban', 'add', ...TARGETS], { cwd: folder })
    this.program.stderr.on('data', (chunk) => {
      this.errors += chunk
    })
    const output = createInterface({ input: this.program.stdout })
    output.on('line', (line) => {
      this.lines.push(line)
      for (const wake of this.#onLine) wake()
    })
    this.end = Promise.all([once(this.program, 'close'), once(output, 'close')]).then(([[code]]) => code)
  }

  /** Resolves when so many bans were acknowledged. */
  async acknowledged(count: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (this.lines.length >= count) resolve()
      }
      this.#onLine.add(look)
      void this.end.then(() => resolve())
      look()
    })
  }
}

/** Which of the addresses that these lines acknowledge are not in the store, opened afresh. */
async function missing(folder: string, lines: readonly string[]): Promise<readonly string[]> {
  const store = await openSqliteStore({ file: join(folder, 'bans.db') })
  try {
    return lines.filter((line) => {
      const parsed = parseBanTarget(line.replace('banned ', ''))
      return parsed.kind === 'invalid' || store.bans.get(parsed.target) === undefined
    })
  } finally {
    await store.close()
  }
}

describe(`a SIGKILL during a thousand bans, ${ROUNDS} times`, { timeout: ROUNDS * 100_000 }, () => {
  // The command goes on in the store alone: all thousand are banned in the end.
  it('of the proxy loses none that was acknowledged, and the command ends in order', async () => {
    let interrupted = 0
    let acknowledged = 0
    for (let round = 0; round < ROUNDS; round++) {
      const folder = folderWith({ 'infrarust.toml': '[ban]\nenable_audit_log = false\n' })
      const running = new Running(folder, ['--log-level', 'debug'])
      await running.logged('commands are taken')
      const banning = new Banning(folder)
      await banning.acknowledged(1 + round * MORE_EACH_ROUND)
      running.program.kill('SIGKILL')
      acknowledged += banning.lines.length
      if (banning.lines.length < TARGETS.length) interrupted++
      expect(await banning.end, banning.errors).toBe(0)
      expect(banning.lines).toEqual(TARGETS.map((target) => `banned ${target}`))
      expect(await missing(folder, banning.lines)).toEqual([])
    }
    console.info(`${ROUNDS} kills, ${interrupted} of them during the bans, ${acknowledged} acknowledged before, 0 lost`)
    // A test machine that stands still for a second may miss the moment, but not each time.
    expect(interrupted).toBeGreaterThan(ROUNDS / 2)
  })
  it('of the command loses none that was acknowledged, and the store opens again', async () => {
    const folder = folderWith({ 'infrarust.toml': '' })
    let interrupted = 0
    let acknowledged = 0
    for (let round = 0; round < ROUNDS; round++) {
      const banning = new Banning(folder)
      await banning.acknowledged(1 + round * MORE_EACH_ROUND)
      banning.program.kill('SIGKILL')
      await banning.end
      acknowledged += banning.lines.length
      if (banning.lines.length < TARGETS.length) interrupted++
      expect(await missing(folder, banning.lines)).toEqual([])
      expect(banning.lines.length).toBeGreaterThan(round * MORE_EACH_ROUND)
      expect(await finish(['ban', 'remove', ...TARGETS.slice(0, 1)], '', { cwd: folder })).toMatchObject({ code: 0 })
    }
    console.info(`${ROUNDS} kills, ${interrupted} of them during the bans, ${acknowledged} acknowledged, 0 lost`)
  })
})
