import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

it('stands in a file of its own', () => {
  appendFileSync(join(process.env.STATE ?? '', 'neighbour'), 'x')
  expect(1).toBe(1)
})
