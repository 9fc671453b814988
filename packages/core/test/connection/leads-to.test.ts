import { describe, expect, it } from 'vitest'
import { INPUT_KINDS } from '../../src/connection/input.ts'
import type { StateName } from '../../src/connection/state.ts'
import { leadsTo, rowOf, STATES } from '../../src/connection/states.ts'

const names = Object.keys(STATES).filter((name): name is StateName => name in STATES)

describe('the table of states by number', () => {
  it('has a number of its own for each state', () => {
    expect(new Set(names.map((name) => STATES[name].number)).size).toBe(names.length)
  })

  it('finds the row of each state', () => {
    for (const name of names) expect(rowOf(name)).toBe(STATES[name])
  })

  it('lets each input lead where the table says, and nowhere else', () => {
    for (const from of names)
      for (const kind of INPUT_KINDS)
        for (const to of names)
          expect(leadsTo(rowOf(from), kind, rowOf(to)), `${from} → ${to} (${kind})`).toBe(
            STATES[from].edges[kind]?.includes(to) ?? false,
          )
  })
})
