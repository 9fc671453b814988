import { dirname, resolve } from 'node:path'
import { type GatewayConfig, gatewayKeys, type ProgramKeys, readGateway, SAID_IN_TWO_WAYS } from '@infrarust/core'
import { isSecretAt, isWithheld, type Problem } from '@infrarust/core/provider'
import {
  type Environment,
  type GivenByEnvironment,
  readEnvironment,
  type VariableNote,
} from './environment/read-environment.ts'
import { takeOver } from './environment/take-over.ts'
import { type OperatorFile, readOperatorFile } from './operator-file.ts'
import type { Origin } from './origin.ts'
import { valueAt, type Written } from './written.ts'

/** What `infrarust.toml` amounts to, with what the environment and the command line say instead of it. */
export type LoadedGateway<Own = unknown> =
  | {
      readonly kind: 'config'
      /** `environment`: there is no file, and the environment has keys. */
      readonly source: 'file' | 'environment' | 'defaults'
      /** `serversDir` and the files of `[ip_filter]` are absolute. */
      readonly config: GatewayConfig & Own
      /** What is written and does nothing. */
      readonly warnings: readonly GatewayWarning[]
      /** As written, with the overrides in it; for showing what a change changed. */
      readonly written: Written
      /** Who has said what stands at a path of `written`. */
      readonly originOf: (path: readonly string[]) => Origin
      /** Whether what stands at a path of `written`, or below it, may be shown to nobody. */
      readonly isWithheld: (path: readonly string[]) => boolean
      /** Whether nothing is written in the file but blanks and comments, or there is no file. */
      readonly isEmpty: boolean
      /** Absolute: files that `${file:…}` names; their content counts too. */
      readonly files: readonly string[]
    }
  | { readonly kind: 'missing' }
  | {
      readonly kind: 'problems'
      /** One line each, beginning with file, line and column, or with the variable. */
      readonly problems: readonly string[]
      /** Where the server files are all the same; undefined where the file is no TOML. */
      readonly serversDir?: string
      /** True where nothing is wrong with the file: the system could not read it just now. */
      readonly isPassing?: boolean
      /** As of a configuration. */
      readonly files: readonly string[]
    }

export interface GatewayWarning {
  /** `ban.provider`: the same wherever it stands; of the environment, the variable. */
  readonly key: string
  /** One line, beginning with file, line and column, or with the variable. */
  readonly message: string
}

/** What the command line and the environment say instead of the file; texts as they were typed. */
export interface GatewayOverrides {
  /** Takes the place of `bind` and of every `[[listener]]`. */
  readonly bind?: string | undefined
  /** Relative to the working directory, as everything on a command line. */
  readonly serversDir?: string | undefined
  /** Keys in tables of the program. */
  readonly keys?: readonly KeyOverride[]
  /**
   * The variables of the process as they were at its start. `INFRARUST_…` are keys, which the command line overrides and the
   * file does not; `${NAME}` in the file is any of them. Default: none.
   */
  readonly environment?: Environment
}

/** `--log-level debug` for `level` in `[log]`. */
export interface KeyOverride {
  readonly option: string
  readonly table: string
  readonly key: string
  readonly value: string
}

/**
 * Reads `infrarust.toml`. Relative paths in it are relative to its folder, wherever the program was started.
 *
 * @param program what may stand in it beside the keys of the gateway
 */
export async function loadGatewayConfig<Own>(
  path: string,
  overrides: GatewayOverrides = {},
  program?: ProgramKeys<Own>,
): Promise<LoadedGateway<Own>> {
  const file = await readOperatorFile(resolve(path), gatewayKeys(program), overrides.environment ?? {})
  switch (file.kind) {
    case 'missing':
      return file
    case 'problem':
      return { kind: 'problems', problems: [file.problem], isPassing: file.isPassing, files: [] }
    case 'values':
      return interpret({ ...file, source: 'file' }, overrides, dirname(resolve(path)), program)
  }
}

/** The configuration where there is no file: the defaults and the overrides. `folder` is where a file would be. */
export function defaultGatewayConfig<Own>(
  folder: string,
  overrides: GatewayOverrides = {},
  program?: ProgramKeys<Own>,
): LoadedGateway<Own> {
  const nothing = { values: {}, references: [], problems: [], files: [], isPassing: false }
  return interpret(
    { ...nothing, source: 'defaults', locate: (keys) => keys.join('.') },
    overrides,
    resolve(folder),
    program,
  )
}

/** What is written, and where a key of it stands. */
interface Source extends Omit<Extract<OperatorFile, { kind: 'values' }>, 'kind'> {
  readonly source: 'file' | 'defaults'
}

function interpret<Own>(
  file: Source,
  overrides: GatewayOverrides,
  folder: string,
  program: ProgramKeys<Own> | undefined,
): LoadedGateway<Own> {
  const table = gatewayKeys(program)
  const environment = readEnvironment(table, overrides.environment ?? {})
  const taken = takeOver(table, file.values, environment.given, SAID_IN_TWO_WAYS)
  const written = withOverrides(taken.values, overrides)
  const withheld = file.references.filter(({ isWithheld }) => isWithheld).map(({ path }) => path)
  const options = { folder, withheld, ...(program === undefined ? {} : { program }) }
  const { config, problems, warnings } = readGateway<Own>(written, options)
  const originOf = origins(file, environment, overrides)
  const inPlace = (problem: Problem): string => `${placeOf(problem.path)}: ${problem.message}`
  const placeOf = (path: readonly string[]): string => {
    const origin = originOf(path)
    return origin.kind === 'default' ? file.locate(path) : origin.place
  }
  const serversDir = resolve(folder, config.serversDir)
  const wrong = [
    ...[...environment.problems, ...taken.problems].map(noteText),
    // One line for a key: that its text is no address goes without saying where what it names is not there.
    ...file.problems.filter(({ path }) => originOf(path).kind === 'file').map(inPlace),
    ...problems.filter(({ path }) => !isBelow(path, file.problems)).map(inPlace),
  ]
  const { files } = file
  if (wrong.length > 0) {
    const isKnown = !file.problems.some(({ path }) => path[0] === 'servers_dir')
    return { kind: 'problems', problems: wrong, files, isPassing: file.isPassing, ...(isKnown ? { serversDir } : {}) }
  }
  return {
    kind: 'config',
    source: file.source === 'defaults' && environment.given.length > 0 ? 'environment' : file.source,
    config: { ...config, serversDir },
    warnings: [
      ...environment.warnings.map((note) => ({ key: note.variable, message: noteText(note) })),
      ...warnings.map((warning) => ({ key: warning.path.join('.'), message: inPlace(warning) })),
    ],
    written,
    originOf,
    isWithheld: (path) => isSecretAt(table, path) || isHidden(path, withheld, originOf),
    isEmpty: Object.keys(file.values).length === 0,
    files,
  }
}

function noteText({ variable, message }: VariableNote): string {
  return `${variable}: ${message}`
}

function isBelow(path: readonly string[], problems: readonly Problem[]): boolean {
  return problems.some((problem) => problem.path.every((part, index) => part === path[index]))
}

/** What the file has from another file may have been replaced by the environment. */
function isHidden(
  path: readonly string[],
  withheld: readonly (readonly string[])[],
  originOf: (path: readonly string[]) => Origin,
): boolean {
  return isWithheld(path, withheld) && originOf(path).kind === 'file'
}

function withOverrides(values: Written, { bind, serversDir, keys = [] }: GatewayOverrides): Written {
  const { bind: _bind, listener: _listener, ...withoutListeners } = values
  const written: Written = {
    ...(bind === undefined ? values : { ...withoutListeners, bind }),
    ...(serversDir === undefined ? {} : { servers_dir: resolve(serversDir) }),
  }
  return keys.reduce(withOverride, written)
}

function withOverride(written: Written, { table, key, value }: KeyOverride): Written {
  const inTable = written[table]
  // What is no table stays, so that its own problem is told.
  return inTable === undefined || typeof inTable === 'object'
    ? { ...written, [table]: { ...inTable, [key]: value } }
    : written
}

/** Of two that have a say the one that wins; for a table that only some of its keys were said of, one of these. */
function origins(
  file: Source,
  { given }: GivenByEnvironment,
  overrides: GatewayOverrides,
): (path: readonly string[]) => Origin {
  return (path) => {
    const option = optionOf(path, overrides)
    if (option !== undefined) return { kind: 'flag', place: option }
    // The last one: a key that was given lies on top of its table that was.
    const variable = given.findLast(
      (key) => leadsTo(key.path, path) && holdsAll(key.value, path.slice(key.path.length)),
    )
    if (variable !== undefined) return { kind: 'environment', place: variable.variable }
    if (path.length > 0 && valueAt(file.values, path) !== undefined) {
      const references = file.references.filter((reference) => leadsTo(path, reference.path))
      return { kind: 'file', place: file.locate(path), references: references.flatMap(({ names }) => names) }
    }
    const below = given.find((key) => leadsTo(path, key.path))
    return below === undefined || path.length === 0
      ? { kind: 'default' }
      : { kind: 'environment', place: below.variable }
  }
}

function leadsTo(outer: readonly string[], path: readonly string[]): boolean {
  return outer.every((part, index) => part === path[index])
}

function holdsAll(value: unknown, rest: readonly string[]): boolean {
  return valueAt(value, rest) !== undefined
}

/** The option of the command line that has said a key. */
function optionOf(path: readonly string[], overrides: GatewayOverrides): string | undefined {
  const key = path.join('.')
  if (key === 'bind' && overrides.bind !== undefined) return '--bind'
  if (key === 'servers_dir' && overrides.serversDir !== undefined) return '--servers-dir'
  return overrides.keys?.find((override) => `${override.table}.${override.key}` === key)?.option
}
