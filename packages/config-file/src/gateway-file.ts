import { dirname, resolve } from 'node:path'
import { type GatewayConfig, type ProgramKeys, readGateway } from '@infrarust/core'
import type { Problem } from '@infrarust/core/provider'
import { readTomlFile } from './toml-file.ts'

/** What `infrarust.toml` amounts to. */
export type LoadedGateway<Own = unknown> =
  | {
      readonly kind: 'config'
      readonly source: 'file' | 'defaults'
      /** `serversDir` and the files of `[ip_filter]` are absolute. */
      readonly config: GatewayConfig & Own
      /** What is written in the file and does nothing. */
      readonly warnings: readonly GatewayWarning[]
      /** As written, with the overrides in it; for showing what a change changed. */
      readonly written: Written
      /** Whether nothing is written but blanks and comments, or there is no file. */
      readonly isEmpty: boolean
    }
  | { readonly kind: 'missing' }
  | {
      readonly kind: 'problems'
      /** One line each, beginning with file, line and column. */
      readonly problems: readonly string[]
      /** Where the server files are all the same; undefined where the file is no TOML. */
      readonly serversDir?: string
      /** True where nothing is wrong with the file: the system could not read it just now. */
      readonly isPassing?: boolean
    }

export interface GatewayWarning {
  /** `ban.provider`: the same wherever it stands. */
  readonly key: string
  /** One line, beginning with file, line and column. */
  readonly message: string
}

export type Written = Readonly<Record<string, unknown>>

/** What the command line says instead of the file; texts as they were typed. */
export interface GatewayOverrides {
  /** Takes the place of `bind` and of every `[[listener]]`. */
  readonly bind?: string | undefined
  /** Relative to the working directory, as everything on a command line. */
  readonly serversDir?: string | undefined
  /** Keys in tables of the program. */
  readonly keys?: readonly KeyOverride[]
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
  const file = await readTomlFile(resolve(path))
  switch (file.kind) {
    case 'missing':
      return file
    case 'problem':
      return { kind: 'problems', problems: [file.problem], isPassing: file.isPassing }
    case 'values':
      return interpret(
        { source: 'file', values: file.values, locate: file.locate },
        overrides,
        dirname(resolve(path)),
        program,
      )
  }
}

/** The configuration where there is no file: the defaults and the command line. `folder` is where a file would be. */
export function defaultGatewayConfig<Own>(
  folder: string,
  overrides: GatewayOverrides = {},
  program?: ProgramKeys<Own>,
): LoadedGateway<Own> {
  const nothing: Origin = { source: 'defaults', values: {}, locate: (keys) => keys.join('.') }
  return interpret(nothing, overrides, resolve(folder), program)
}

/** What is written, and where a key of it stands. */
interface Origin {
  readonly source: 'file' | 'defaults'
  readonly values: Written
  locate(path: readonly string[]): string
}

function interpret<Own>(
  { source, values, locate }: Origin,
  overrides: GatewayOverrides,
  folder: string,
  program: ProgramKeys<Own> | undefined,
): LoadedGateway<Own> {
  const written = withOverrides(values, overrides)
  const { config, problems, warnings } = readGateway<Own>(
    written,
    program === undefined ? { folder } : { folder, program },
  )
  const inPlace = (problem: Problem): string =>
    `${optionOf(problem, overrides) ?? locate(problem.path)}: ${problem.message}`
  const serversDir = resolve(folder, config.serversDir)
  if (problems.length > 0) return { kind: 'problems', problems: problems.map(inPlace), serversDir }
  return {
    kind: 'config',
    source,
    config: { ...config, serversDir },
    warnings: warnings.map((warning) => ({ key: warning.path.join('.'), message: inPlace(warning) })),
    written,
    isEmpty: Object.keys(values).length === 0,
  }
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

/** The option of the command line that a problem is about, where it is not about the file. */
function optionOf({ path }: Problem, overrides: GatewayOverrides): string | undefined {
  const key = path.join('.')
  if (key === 'bind' && overrides.bind !== undefined) return '--bind'
  if (key === 'servers_dir' && overrides.serversDir !== undefined) return '--servers-dir'
  return overrides.keys?.find((override) => `${override.table}.${override.key}` === key)?.option
}
