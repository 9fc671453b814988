import { dirname, resolve } from 'node:path'
import { type GatewayConfig, readGateway } from '@infrarust/core'
import type { BuiltInProvider, Problem } from '@infrarust/core/provider'
import { readTomlFile } from './toml-file.ts'

/** What `infrarust.toml` amounts to. */
export type LoadedGateway =
  | {
      readonly kind: 'config'
      readonly source: 'file' | 'defaults'
      /** `serversDir` and the files of `[log]` and `[ip_filter]` are absolute. */
      readonly config: GatewayConfig
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
  readonly logLevel?: string | undefined
}

/**
 * Reads `infrarust.toml`. Relative paths in it are relative to its folder, wherever the program was started.
 *
 * @param builtIn whose tables may stand in it beside those of the gateway
 */
export async function loadGatewayConfig(
  path: string,
  overrides: GatewayOverrides = {},
  builtIn: readonly BuiltInProvider[] = [],
): Promise<LoadedGateway> {
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
        builtIn,
      )
  }
}

/** The configuration where there is no file: the defaults and the command line. `folder` is where a file would be. */
export function defaultGatewayConfig(folder: string, overrides: GatewayOverrides = {}): LoadedGateway {
  const nothing: Origin = { source: 'defaults', values: {}, locate: (keys) => keys.join('.') }
  return interpret(nothing, overrides, resolve(folder), [])
}

/** What is written, and where a key of it stands. */
interface Origin {
  readonly source: 'file' | 'defaults'
  readonly values: Written
  locate(path: readonly string[]): string
}

function interpret(
  { source, values, locate }: Origin,
  overrides: GatewayOverrides,
  folder: string,
  builtIn: readonly BuiltInProvider[],
): LoadedGateway {
  const written = withOverrides(values, overrides)
  const { config, problems, warnings } = readGateway(written, { folder, builtIn })
  const inPlace = (problem: Problem): string =>
    `${optionOf(problem, overrides) ?? locate(problem.path)}: ${problem.message}`
  const serversDir = resolve(folder, config.serversDir)
  if (problems.length > 0) return { kind: 'problems', problems: problems.map(inPlace), serversDir }
  return {
    kind: 'config',
    source,
    config: withAbsolutePaths(config, folder),
    warnings: warnings.map((warning) => ({ key: warning.path.join('.'), message: inPlace(warning) })),
    written,
    isEmpty: Object.keys(values).length === 0,
  }
}

/** Providers keep theirs, and are told the folder when they are opened. */
function withAbsolutePaths(config: GatewayConfig, folder: string): GatewayConfig {
  const absolute = (path: string | undefined): string | undefined =>
    path === undefined ? undefined : resolve(folder, path)
  return {
    ...config,
    serversDir: resolve(folder, config.serversDir),
    log: { ...config.log, file: absolute(config.log.file) },
    ipFilter: {
      ...config.ipFilter,
      whitelistFile: absolute(config.ipFilter.whitelistFile),
      blacklistFile: absolute(config.ipFilter.blacklistFile),
    },
  }
}

function withOverrides(values: Written, { bind, serversDir, logLevel }: GatewayOverrides): Written {
  const { bind: _bind, listener: _listener, ...withoutListeners } = values
  const log = values.log
  return {
    ...(bind === undefined ? values : { ...withoutListeners, bind }),
    ...(serversDir === undefined ? {} : { servers_dir: resolve(serversDir) }),
    // A `log` that is no table stays, so that its own problem is told.
    ...(logLevel === undefined || !(log === undefined || typeof log === 'object')
      ? {}
      : { log: { ...log, level: logLevel } }),
  }
}

/** The option of the command line that a problem is about, where it is not about the file. */
function optionOf({ path }: Problem, overrides: GatewayOverrides): string | undefined {
  const key = path.join('.')
  if (key === 'bind' && overrides.bind !== undefined) return '--bind'
  if (key === 'servers_dir' && overrides.serversDir !== undefined) return '--servers-dir'
  if (key === 'log.level' && overrides.logLevel !== undefined) return '--log-level'
  return undefined
}
