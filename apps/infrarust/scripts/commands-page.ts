import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { createProgram } from '../src/main.ts'

export const COMMANDS_PAGE: URL = new URL('../../../docs/commands.md', import.meta.url)

const BEGIN = '<!-- commands: written by `pnpm reference` in apps/infrarust, do not edit -->'
const END = '<!-- end of commands -->'

/** The page with the part between its two marks as the commands themselves say it. */
export async function commandsPage(): Promise<string> {
  const page = readFileSync(COMMANDS_PAGE, 'utf8')
  const begin = page.indexOf(BEGIN)
  const end = page.indexOf(END)
  if (begin < 0 || end < begin) throw new TypeError(`the page has no "${BEGIN}" before "${END}"`)
  const sections = leaves(await createProgram(), []).map(({ path, command }) => section(path, command))
  return `${page.slice(0, begin + BEGIN.length)}\n\n${sections.join('\n')}\n${page.slice(end)}`
}

interface Leaf {
  readonly path: readonly string[]
  readonly command: Command
}

/** Those that do something, in the order of the help. */
function leaves(command: Command, path: readonly string[]): readonly Leaf[] {
  const here = [...path, command.name()]
  const inner = command.commands.flatMap((each) => leaves(each, here))
  const isProgram = path.length === 0
  return isProgram || inner.length === 0 ? [{ path: here, command }, ...inner] : inner
}

function section(path: readonly string[], command: Command): string {
  return `## ${path.join(' ')}\n\n\`\`\`text\n${helpOf(command)}\n\`\`\`\n`
}

/** As `--help` prints it, at a width of its own: a page must not depend on somebody's terminal. */
function helpOf(command: Command): string {
  const parts: string[] = []
  command.configureOutput({
    writeOut: (part) => void parts.push(part),
    getOutHelpWidth: () => 100,
    getOutHasColors: () => false,
  })
  command.outputHelp()
  return parts.join('').trim()
}
