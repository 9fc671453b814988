import type { CompletedCommand, CompletedOption, Value } from './command-table.ts'

/** Completion for fish. */
export function fishCompletion(commands: readonly CompletedCommand[]): string {
  const steps = commands.flatMap(({ path, commands: inner, options }) => [
    ...options.flatMap(({ name, value }) =>
      value === undefined
        ? []
        : [`            case ${quoted(`${path === '' ? '*' : path}:${name}`)}\n                set value 1`],
    ),
    ...inner.map(({ name }) => {
      const next = `${path} ${name}`.trim()
      return `            case ${quoted(`${path}:${name}`)}\n                set at ${quoted(next)}`
    }),
  ])
  const rules = commands.flatMap(({ path, commands: inner, options, arguments: all }) => {
    const here = `complete -c infrarust -n ${quoted(`__infrarust_is ${quoted(path)}`)}`
    // What the program takes, its commands take as well.
    const anywhere = (name: string): string => (path === '' && name !== '--version' ? 'complete -c infrarust' : here)
    return [
      ...inner.map(({ name, description }) => `${here} -a ${quoted(name)} -d ${quoted(description)}`),
      ...options.map((option) => `${anywhere(option.name)} ${optionRule(option)}`),
      ...all.flatMap(({ value }) => argumentRule(value)).map((rule) => `${here} ${rule}`),
    ]
  })
  return `# Completion of infrarust for fish, written by: infrarust completion fish

# Whether the command up to the cursor is this one.
function __infrarust_is
    set -l at ''
    set -l value ''
    set -l tokens (commandline -opc)
    set -e tokens[1]
    for word in $tokens
        if test -n "$value"
            set value ''
            continue
        end
        switch "$at:$word"
${steps.join('\n')}
        end
    end
    test "$at" = "$argv[1]"
end

complete -c infrarust -e
complete -c infrarust -f
complete -c infrarust -s h -l help -d 'display help for command'
${rules.join('\n')}
`
}

function optionRule({ name, description, value }: CompletedOption): string {
  const flag = `-l ${name.replace(/^--/, '')} -d ${quoted(description)}`
  switch (value?.kind) {
    case undefined:
      return flag
    case 'any':
      return `${flag} -x`
    case 'file':
      return `${flag} -r -F`
    case 'folder':
      return `${flag} -x -a '(__fish_complete_directories)'`
    case 'one-of':
      return `${flag} -x -a ${quoted(value.words.join(' '))}`
  }
}

function argumentRule(value: Value): readonly string[] {
  switch (value.kind) {
    case 'any':
      return []
    case 'file':
      return ['-F']
    case 'folder':
      return ["-a '(__fish_complete_directories)'"]
    case 'one-of':
      return [`-a ${quoted(value.words.join(' '))}`]
  }
}

/** Between single quotes fish knows two escapes. */
function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, '\\$&')}'`
}
