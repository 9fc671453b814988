import { lstatSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import {
  defaultGatewayConfig,
  type Environment,
  type GatewayOverrides,
  type LoadedGateway,
  loadGatewayConfig,
} from '@infrarust/config-file'
import type { GlobalOptions } from './options.ts'
import { PROGRAM_KEYS, type ProgramConfig } from './program-keys.ts'

/** Where the configuration is looked for without `--config`. */
export const DEFAULT_FILE = 'infrarust.toml'

export type Configuration =
  | {
      readonly kind: 'loaded'
      /** Absolute; of a file that may not be there yet where `loaded.source` is not `file`. */
      readonly path: string
      readonly overrides: GatewayOverrides & { readonly environment: Environment }
      readonly loaded: Extract<LoadedGateway<ProgramConfig>, { kind: 'config' }>
    }
  /** `problems` are one line each, for the operator; `serversDir` is known all the same where the file is TOML. */
  | { readonly kind: 'faulty'; readonly problems: readonly string[]; readonly serversDir?: string | undefined }

export type LoadedConfiguration = Extract<Configuration, { kind: 'loaded' }>

/**
 * Reads the file that `--config` names, or `infrarust.toml` in the working directory, or without either takes the
 * embedded default. The other options win over the environment, and that over the file.
 */
export async function readConfiguration({ config: named, logLevel, ...places }: GlobalOptions): Promise<Configuration> {
  const path = resolve(named ?? DEFAULT_FILE)
  const overrides = {
    ...places,
    // As it is now: what code of the operator's own puts there later is not what the proxy was started with.
    environment: { ...process.env },
    keys: logLevel === undefined ? [] : [{ option: '--log-level', table: 'log', key: 'level', value: logLevel }],
  }
  const takesDefaults = named === undefined && !isThere(path)
  return await read(path, overrides, takesDefaults, named)
}

/** The same place, as it is now; where there was no file at the start there may be none still. */
export async function readAgain({ path, overrides, loaded }: LoadedConfiguration): Promise<Configuration> {
  return await read(path, overrides, loaded.source !== 'file' && !isThere(path), path)
}

type Overrides = LoadedConfiguration['overrides']

async function read(
  path: string,
  overrides: Overrides,
  takesDefaults: boolean,
  named: string | undefined,
): Promise<Configuration> {
  const loaded = takesDefaults
    ? defaultGatewayConfig(dirname(path), overrides, PROGRAM_KEYS)
    : await loadGatewayConfig(path, overrides, PROGRAM_KEYS)
  switch (loaded.kind) {
    case 'config':
      return { kind: 'loaded', path, overrides, loaded }
    case 'missing':
      return {
        kind: 'faulty',
        problems: [
          named === undefined ? `${DEFAULT_FILE}: the file that it links to is missing` : `${named}: no such file`,
        ],
      }
    case 'problems':
      return { kind: 'faulty', problems: loaded.problems, serversDir: loaded.serversDir }
  }
}

/** A link that leads nowhere is there, and so is what cannot be looked at: whoever made it wants no defaults. */
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    return true
  }
}
