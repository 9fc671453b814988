/** A command line of a page, as its reader would type it. */
export interface ShellExample {
  readonly page: string
  readonly line: number
  readonly text: string
}

/**
 * The commands in the fences of a page: every line of `sh`, and of the others what follows a prompt (`$ `). What ends in a
 * backslash goes on in the next line.
 */
export function shellExamples(page: string, text: string): readonly ShellExample[] {
  return [...text.matchAll(/^( *)```(sh|bash|console|text)\n(.*?)^ *```/gms)].flatMap(
    ({ index, 1: indent = '', 2: kind, 3: block = '' }) => {
      const first = text.slice(0, index).split('\n').length + 1
      const lines = block.split('\n').map((line) => line.slice(indent.length))
      const isScript = kind === 'sh' || kind === 'bash'
      return lines.flatMap((line, at) => {
        if (!isScript && !line.startsWith('$ ')) return []
        if (lines[at - 1]?.endsWith('\\')) return []
        let end = at
        while (lines[end]?.endsWith('\\')) end++
        const whole = lines.slice(at, end + 1).join('\n')
        const command = (isScript ? whole : whole.slice(2)).replaceAll('\\\n', ' ').trim()
        return command === '' || command.startsWith('#') ? [] : [{ page, line: first + at, text: command }]
      })
    },
  )
}

/** `infrarust …` between backticks in the running text, with its arguments. */
export function inlineCommands(page: string, text: string): readonly ShellExample[] {
  const withoutFences = text.replaceAll(/^ *```.*?^ *```/gms, (fence) => fence.replaceAll(/[^\n]/g, ''))
  return [...withoutFences.matchAll(/`((?:\.\/)?infrarust [^`]+)`/g)].map(({ index, 1: command = '' }) => ({
    page,
    line: withoutFences.slice(0, index).split('\n').length,
    text: command.replaceAll(/\s+/g, ' '),
  }))
}

/**
 * The arguments of `infrarust` in a command line as the shell would give them: quotes are taken off, and a comment, a
 * redirection or another command behind it is not its own. Undefined where the line is another program's.
 */
export function argumentsOf(command: string): readonly string[] | undefined {
  const words = [...command.matchAll(/(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\])+/g)].map(([word]) => word)
  const [program, ...rest] = words
  if (program !== 'infrarust' && program !== './infrarust') return undefined
  const end = rest.findIndex((word) => /^(#|[|>&;<]|\d>)/.test(word) && !/^<[^>]+>$/.test(word))
  return (end === -1 ? rest : rest.slice(0, end)).map(unquoted)
}

function unquoted(word: string): string {
  return word.replaceAll(/'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)/g, (_, single?: string, double?: string, one?: string) =>
    single !== undefined ? single : double !== undefined ? double.replaceAll(/\\(["\\$`])/g, '$1') : (one ?? ''),
  )
}
