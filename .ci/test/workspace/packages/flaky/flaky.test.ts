import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const STATE = process.env.STATE ?? ''
const setup: { readonly flaky: number; readonly broken: number } = JSON.parse(
  readFileSync(join(STATE, 'setup.json'), 'utf8'),
)

it('passes each time', () => {
  expect(1).toBe(1)
})
for (let number = 1; number <= setup.flaky; number++)
  it(`passes the second time ${number}`, () => {
    const mark = join(STATE, `ran-${number}`)
    const isFirst = !existsSync(mark)
    writeFileSync(mark, '')
    expect(isFirst).toBe(false)
  })
for (let number = 1; number <= setup.broken; number++)
  it(`never passes ${number}`, () => {
    expect(1).toBe(2)
  })
