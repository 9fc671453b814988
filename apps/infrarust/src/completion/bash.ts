import type { CompletedCommand } from './command-table.ts'
import { argumentCases, optionsOf, quoted, walkFunction } from './walk.ts'

/** Completion for bash 3.2 and newer; it needs nothing else. */
export function bashCompletion(commands: readonly CompletedCommand[]): string {
  const [program] = commands
  const lists = commands.flatMap((command) => {
    const inner = command.commands.map(({ name }) => name).join(' ')
    const options = program === undefined ? [] : optionsOf(command, program).map(({ name }) => name)
    return [`    ${quoted(command.path)}) commands=${quoted(inner)} options=${quoted(options.join(' '))} ;;`]
  })
  return `# Completion of infrarust for bash, written by: infrarust completion bash

${walkFunction(commands)}

_infrarust() {
  local cur=\${COMP_WORDS[COMP_CWORD]} at='' value='' count=0 commands='' options='' word index
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    if [[ -z $value ]]; then
      _infrarust_walk "$word"
    elif [[ $word != '=' ]]; then # bash makes a word of its own of the sign in --config=file
      value=''
    fi
  done
  if [[ -n $value && $cur == '=' ]]; then cur=''; fi
  case "$at" in
${lists.join('\n')}
  esac
  if [[ -z $value && $cur == -* ]]; then
    value=$options
  elif [[ -z $value ]]; then
    value=$commands
    case "$at:$count" in
${argumentCases(commands)
  .map((line) => `  ${line}`)
  .join('\n')}
    esac
    if [[ -z $value ]]; then value=$options; fi
  fi
  case "$value" in
    @any) ;;
    @file) _infrarust_paths -f ;;
    @folder) _infrarust_paths -d ;;
    *)
      while IFS= read -r word; do
        COMPREPLY+=("$word")
      done < <(compgen -W "$value" -- "$cur")
      ;;
  esac
}

_infrarust_paths() {
  compopt -o filenames 2>/dev/null
  while IFS= read -r word; do
    COMPREPLY+=("$word")
  done < <(compgen "$1" -- "$cur")
}

complete -F _infrarust infrarust
`
}
