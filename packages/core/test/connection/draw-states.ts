/**
 * Draws the states of a connection into docs/connection.md, between its two marks:
 * `node packages/core/test/connection/draw-states.ts`.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Edges, STATES } from '../../src/connection/states.ts'

export const PAGE: string = fileURLToPath(new URL('../../../../docs/connection.md', import.meta.url))
const BEGIN = '<!-- states: drawn by draw-states.ts -->'
const END = '<!-- /states -->'

/** The page with the picture as the table has it. */
export function withPicture(page: string): string {
  const begin = page.indexOf(BEGIN)
  const end = page.indexOf(END)
  if (begin < 0 || end < begin) throw new Error('docs/connection.md has lost the marks around its picture')
  return `${page.slice(0, begin + BEGIN.length)}\n${picture()}\n${page.slice(end)}`
}

function picture(): string {
  const edges = Object.entries(STATES).flatMap(([name, { edges }]) => arrows(name, edges))
  const names = Object.keys(STATES).map((name) => `  state "${name}" as ${id(name)}`)
  return ['```mermaid', 'stateDiagram-v2', ...names, '  [*] --> accepted', ...edges, '  closed --> [*]', '```'].join(
    '\n',
  )
}

/** One arrow for each state that may follow, with the inputs that lead there. */
function arrows(name: string, edges: Edges): readonly string[] {
  const inputs = new Map<string, string[]>()
  for (const [input, targets] of Object.entries(edges))
    for (const to of targets) inputs.set(to, [...(inputs.get(to) ?? []), input])
  return [...inputs].map(([to, by]) => `  ${id(name)} --> ${id(to)}: ${by.join(', ')}`)
}

/** Mermaid takes a hyphen for an operator. */
function id(name: string): string {
  return name.replaceAll('-', '_')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(PAGE, withPicture(readFileSync(PAGE, 'utf8')))
