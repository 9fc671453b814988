import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { defaultGatewayConfig } from '@infrarust/config-file'
import { DEFAULT_FILE, readConfiguration } from '../configuration.ts'
import { askProxy } from '../control/control-client.ts'
import { ControlError } from '../control/control-error.ts'
import { isRecord, type Options } from '../control/protocol.ts'
import { dataPaths } from '../data-paths.ts'
import type { GlobalOptions } from '../options.ts'
import { tell } from '../print/print.ts'
import { PROGRAM_KEYS } from '../program-keys.ts'

/** One answer of the running proxy. */
export type Item = Readonly<Record<string, unknown>>

/** The exit code of a command that could not ask. */
const COULD_NOT_ASK = 2

/**
 * Asks the proxy that runs with this configuration, and takes each item as it comes. Where something goes wrong the exit
 * code is set.
 *
 * @param complain gets what goes wrong, a line each
 * @returns whether the answer is complete
 */
export async function askLive(
  options: GlobalOptions,
  verb: string,
  verbOptions: Options,
  take: (item: Item) => void,
  complain: (message: string) => void = complainOnStderr,
): Promise<boolean> {
  const path = await socketOf(options, complain)
  if (path === undefined) return couldNotAsk()
  try {
    for await (const item of await askProxy(path, { verb, options: verbOptions, input: [] }))
      if (isRecord(item)) take(item)
    return true
  } catch (error) {
    if (!(error instanceof ControlError)) throw error
    complain(error.code === 'absent' ? `no proxy runs with this configuration: ${error.message}` : error.message)
    return couldNotAsk()
  }
}

/** The same, all items at once; undefined where it could not be asked. */
export async function askAll(
  options: GlobalOptions,
  verb: string,
  verbOptions: Options = {},
  complain?: (message: string) => void,
): Promise<readonly Item[] | undefined> {
  const items: Item[] = []
  return (await askLive(options, verb, verbOptions, (item) => items.push(item), complain)) ? items : undefined
}

/**
 * Where the proxy listens for commands. A file that has just been broken must not keep anybody from the proxy that runs
 * with what it said before: then the socket is looked for where it is by default.
 */
async function socketOf(options: GlobalOptions, complain: (message: string) => void): Promise<string | undefined> {
  const configuration = await readConfiguration(options)
  if (configuration.kind === 'loaded') return dataPaths(configuration.loaded.config, configuration.path).controlSocket
  const file = resolve(options.config ?? DEFAULT_FILE)
  const defaults = defaultGatewayConfig(dirname(file), {}, PROGRAM_KEYS)
  const socket = defaults.kind === 'config' ? dataPaths(defaults.config, file).controlSocket : undefined
  if (socket !== undefined && existsSync(socket)) return socket
  for (const problem of configuration.problems) complain(problem)
  return undefined
}

function couldNotAsk(): false {
  process.exitCode = COULD_NOT_ASK
  return false
}

export function complainOnStderr(message: string): void {
  tell(`infrarust: ${message}`)
}
