import type { Argument, Command, Option } from 'commander'

/** One command as a shell has to know it. */
export interface CompletedCommand {
  /** `ban add`; '' is the program itself. */
  readonly path: string
  readonly description: string
  /** The commands in it, by their last word. */
  readonly commands: readonly Described[]
  readonly options: readonly CompletedOption[]
  readonly arguments: readonly CompletedArgument[]
}

export interface Described {
  readonly name: string
  readonly description: string
}

export interface CompletedOption extends Described {
  /** Undefined: the next word is none of its own. */
  readonly value: Value | undefined
}

export interface CompletedArgument {
  readonly value: Value
  readonly isRepeated: boolean
}

/** What may be written there. `any`: what cannot be listed, such as a name. */
export type Value =
  | { readonly kind: 'any' | 'file' | 'folder' }
  | { readonly kind: 'one-of'; readonly words: readonly string[] }

/** The program and all that is in it, in the order of the help. */
export function commandTable(program: Command): readonly CompletedCommand[] {
  const [first, ...others] = tableOf(program, '')
  if (first === undefined) return []
  const names = { kind: 'one-of', words: first.commands.map(({ name }) => name) } as const
  const help = { name: 'help', description: 'display help for command' }
  const helped = {
    path: 'help',
    description: help.description,
    commands: [],
    options: [],
    arguments: [{ value: names, isRepeated: false }],
  }
  return [{ ...first, commands: [...first.commands, help] }, ...others, helped]
}

function tableOf(command: Command, path: string): readonly CompletedCommand[] {
  const own: CompletedCommand = {
    path,
    description: command.description(),
    commands: command.commands.map((inner) => ({ name: inner.name(), description: inner.description() })),
    options: command.options.flatMap(optionOf),
    arguments: command.registeredArguments.map((argument) => ({
      value: valueOfArgument(argument),
      isRepeated: argument.variadic,
    })),
  }
  return [own, ...command.commands.flatMap((inner) => tableOf(inner, `${path} ${inner.name()}`.trim()))]
}

function optionOf(option: Option): readonly CompletedOption[] {
  const { long, description, required, argChoices } = option
  if (long === undefined) return []
  const placeholder = /<(.+)>/.exec(option.flags)?.[1] ?? ''
  return [{ name: long, description, value: required ? valueAt(placeholder, argChoices) : undefined }]
}

function valueOfArgument(argument: Argument): Value {
  return valueAt(argument.name(), argument.argChoices)
}

function valueAt(placeholder: string, choices: readonly string[] | undefined): Value {
  if (choices !== undefined) return { kind: 'one-of', words: choices }
  return placeholder === 'file' || placeholder === 'folder' ? { kind: placeholder } : { kind: 'any' }
}
