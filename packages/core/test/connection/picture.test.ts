import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { PAGE, withPicture } from './draw-states.ts'

it('docs/connection.md shows the table of states as it is', () => {
  const page = readFileSync(PAGE, 'utf8')
  expect(page, 'draw it again: node packages/core/test/connection/draw-states.ts').toBe(withPicture(page))
})
