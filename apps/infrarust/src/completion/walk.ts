import type { CompletedCommand, CompletedOption, Value } from './command-table.ts'

/** Every command has these, and the one that shows its help. */
export function optionsOf(command: CompletedCommand, program: CompletedCommand): readonly CompletedOption[] {
  const everywhere = command === program ? [] : program.options.filter(({ name }) => name !== '--version')
  return [
    ...command.options,
    ...everywhere,
    { name: '--help', description: 'display help for command', value: undefined },
  ]
}

/**
 * The part of a script that bash and zsh read alike: a function that is called with each word before the cursor, and sets
 * the variables of its caller: `at`, the command so far; `value`, what the option before wants; `count` of arguments.
 */
export function walkFunction(commands: readonly CompletedCommand[]): string {
  const cases = commands.flatMap(({ path, commands: inner, options }) => [
    ...options.flatMap(({ name, value }) =>
      value === undefined
        ? []
        : [`    ${path === '' ? '*' : quoted(path)}:${name}) value=${quoted(valueText(value))} ;;`],
    ),
    ...inner.map(({ name }) => `    ${quoted(path)}:${name}) at=${quoted(`${path} ${name}`.trim())} ;;`),
  ])
  return `_infrarust_walk() {
  case "$at:$1" in
${cases.join('\n')}
    *:-*) ;;
    *) count=$((count + 1)) ;;
  esac
}`
}

/** The cases by command and number of arguments, for what an argument may be. */
export function argumentCases(commands: readonly CompletedCommand[]): readonly string[] {
  return commands.flatMap(({ path, arguments: all }) =>
    all.map(
      ({ value, isRepeated }, index) =>
        `    ${quoted(path)}:${isRepeated ? '*' : index}) value=${quoted(valueText(value))} ;;`,
    ),
  )
}

/** `@` sets a kind apart from the words of a list. */
function valueText(value: Value): string {
  return value.kind === 'one-of' ? value.words.join(' ') : `@${value.kind}`
}

/** As one word of bash or zsh, whatever is in it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
