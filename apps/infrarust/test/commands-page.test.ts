import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { COMMANDS_PAGE, commandsPage } from '../scripts/commands-page.ts'

/** Heading and help of each command. */
const SECTIONS = [...readFileSync(COMMANDS_PAGE, 'utf8').matchAll(/^## (.*)\n\n```text\n([\s\S]*?)\n```$/gm)].map(
  ([, name = '', help = '']) => ({ name, help }),
)

/** Those that do one thing once; they neither run the proxy nor end with a text of their own. */
const ANSWERING = SECTIONS.filter(({ name }) => name !== 'infrarust')

describe('the command reference', () => {
  it('is what the commands say of themselves (else: pnpm reference)', async () => {
    expect(readFileSync(COMMANDS_PAGE, 'utf8')).toBe(await commandsPage())
  })
  it('has every command', () => {
    expect(SECTIONS.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'infrarust',
        'infrarust doctor',
        'infrarust log level',
        'infrarust ban add',
        'infrarust proxy-protocol decode',
      ]),
    )
  })
  it.each(SECTIONS)('$name ends with an example and fits a screen', ({ name, help }) => {
    expect(help).toMatch(/\nExamples?:\n {2}\S/)
    expect(help).toContain(name)
    expect(help.split('\n').length).toBeLessThan(50)
  })
  it.each(ANSWERING)('$name says what its exit codes mean', ({ help }) => {
    expect(help).toMatch(/[Ee]xit code/)
  })
  it.each(
    SECTIONS.filter(({ name }) =>
      /^infrarust (doctor|ping|status|connections|trace|kick|providers|reload|log level|check)$/.test(name),
    ),
  )('$name can answer with JSON', ({ help }) => {
    expect(help).toContain('--json')
  })
})
