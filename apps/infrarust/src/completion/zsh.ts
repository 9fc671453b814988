import type { CompletedCommand, Described } from './command-table.ts'
import { argumentCases, optionsOf, quoted, walkFunction } from './walk.ts'

/** Completion for zsh: to be sourced after `compinit`, or as `_infrarust` in a folder of `fpath`. */
export function zshCompletion(commands: readonly CompletedCommand[]): string {
  const [program] = commands
  const lists = commands.map((command) => {
    const options = program === undefined ? [] : optionsOf(command, program)
    return `    ${quoted(command.path)})
      commands=(${described(command.commands)})
      options=(${described(options)})
      ;;`
  })
  return `#compdef infrarust
# Completion of infrarust for zsh, written by: infrarust completion zsh

${walkFunction(commands)}

_infrarust() {
  local at='' value='' word
  local -i count=0 index
  local -a commands options
  for ((index = 2; index < CURRENT; index++)); do
    word=\${(Q)words[index]}
    if [[ -z $value ]]; then
      _infrarust_walk "$word"
    else
      value=''
    fi
  done
  if [[ -z $value && $PREFIX == --*=* ]]; then
    _infrarust_walk "\${PREFIX%%=*}"
    compset -P '*='
  fi
  case "$at" in
${lists.join('\n')}
  esac
  if [[ -z $value && $PREFIX == -* ]]; then
    _describe -o option options
    return
  fi
  if [[ -z $value ]]; then
    if ((\${#commands} > 0)); then
      _describe command commands
      return
    fi
    case "$at:$count" in
${argumentCases(commands)
  .map((line) => `  ${line}`)
  .join('\n')}
      *)
        _describe -o option options
        return
        ;;
    esac
  fi
  case "$value" in
    @any) _message 'no list of what may be written here' ;;
    @file) _files ;;
    @folder) _files -/ ;;
    *) compadd -- \${=value} ;;
  esac
}

if [[ \${funcstack[1]} == _infrarust ]]; then
  _infrarust "$@"
else
  compdef _infrarust infrarust
fi
`
}

/** `_describe` takes the first colon for the end of the name. */
function described(all: readonly Described[]): string {
  return all.map(({ name, description }) => quoted(`${name.replaceAll(':', '\\:')}:${description}`)).join(' ')
}
