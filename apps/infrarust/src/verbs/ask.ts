import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { defaultGatewayConfig } from '@infrarust/config-file'
import type * as v from 'valibot'
import { DEFAULT_FILE, readConfiguration } from '../configuration.ts'
import type { ControlClient } from '../control/client.ts'
import { ControlError } from '../control/control-error.ts'
import { dataPaths } from '../data-paths.ts'
import type { GlobalOptions } from '../options.ts'
import { tell } from '../print/print.ts'
import { PROGRAM_KEYS } from '../program-keys.ts'
import type { LiveProxy } from './live-proxy.ts'
import type { DataVerb, RequestSchema, Sent, StreamVerb } from './verb.ts'
import { VerbError } from './verb-error.ts'

/** `() => import('./verb.ts')`: only a command that runs pays for its verb. */
export type Load<Verb> = () => Promise<{ readonly verb: Verb }>

/** The exit code of a command that could not ask, or was refused. */
const COULD_NOT_ASK = 2

export interface AskOptions<Result> {
  /** Gets what goes wrong, a line each; standard error where it is left out. */
  readonly complain?: (message: string) => void
  /** The result where the proxy says that there is no such thing; else that goes wrong as well. */
  readonly ifNotFound?: Result
}

/**
 * Asks the proxy that runs with this configuration. Where something goes wrong the exit code is set.
 *
 * @returns undefined where it could not be asked, or has refused
 */
export async function ask<Request extends RequestSchema, Result extends v.GenericSchema>(
  options: GlobalOptions,
  load: Load<DataVerb<LiveProxy, Request, Result>>,
  request: v.InferInput<Request>,
  { complain = complainOnStderr, ifNotFound }: AskOptions<Sent<Result>> = {},
): Promise<Sent<Result> | undefined> {
  try {
    const { verb } = await load()
    return await withClient(options, complain, (client) => client.ask(verb, request))
  } catch (error) {
    if (ifNotFound !== undefined && error instanceof VerbError && error.code === 'not_found') return ifNotFound
    return couldNotAsk(error, complain)
  }
}

/** Follows what happens, until the proxy has gone or refuses; the exit code is set then. */
export async function follow<Request extends RequestSchema, Result extends v.GenericSchema>(
  options: GlobalOptions,
  load: Load<StreamVerb<LiveProxy, Request, Result>>,
  request: v.InferInput<Request>,
  take: (event: Sent<Result>) => void,
): Promise<void> {
  try {
    const { verb } = await load()
    await withClient(options, complainOnStderr, async (client) => {
      for await (const event of client.follow(verb, request)) take(event)
    })
  } catch (error) {
    couldNotAsk(error, complainOnStderr)
  }
}

async function withClient<Result>(
  options: GlobalOptions,
  complain: (message: string) => void,
  work: (client: ControlClient) => Promise<Result>,
): Promise<Result | undefined> {
  const path = await socketOf(options, complain)
  if (path === undefined) {
    process.exitCode = COULD_NOT_ASK
    return undefined
  }
  const { ControlClient } = await import('../control/client.ts')
  const client = new ControlClient(path)
  try {
    return await work(client)
  } finally {
    client.close()
  }
}

/**
 * Where the proxy listens for commands. A file that has just been broken must not keep anybody from the proxy that runs
 * with what it said before: then the socket is looked for where it is by default.
 */
async function socketOf(options: GlobalOptions, complain: (message: string) => void): Promise<string | undefined> {
  const configuration = await readConfiguration(options)
  if (configuration.kind === 'loaded') return dataPaths(configuration.loaded.config, configuration.path).controlSocket
  const file = resolve(options.config ?? DEFAULT_FILE)
  const defaults = defaultGatewayConfig(dirname(file), { environment: process.env }, PROGRAM_KEYS)
  const socket = defaults.kind === 'config' ? dataPaths(defaults.config, file).controlSocket : undefined
  if (socket !== undefined && existsSync(socket)) return socket
  for (const problem of configuration.problems) complain(problem)
  return undefined
}

function couldNotAsk(error: unknown, complain: (message: string) => void): undefined {
  if (!(error instanceof ControlError || error instanceof VerbError)) throw error
  complain(
    error.code === 'absent'
      ? `no proxy runs with this configuration: ${error.message}; start one, or name its configuration with --config`
      : error.message,
  )
  process.exitCode = COULD_NOT_ASK
  return undefined
}

export function complainOnStderr(message: string): void {
  tell(`infrarust: ${message}`)
}
