import { dirname } from 'node:path'
import { shownPath } from '@infrarust/config-file'
import { firstSnapshot } from '../check/first-snapshot.ts'
import { readConfiguration } from '../configuration.ts'
import { onUncaughtInCommand } from '../custom-code/uncaught.ts'
import { dataPaths } from '../data-paths.ts'
import type { GlobalOptions } from '../options.ts'
import { print, tell } from '../print/print.ts'
import { printable } from '../print/printable.ts'
import { ownListeners } from '../proxy/own-listeners.ts'
import { Providers } from '../proxy/providers.ts'
import { planServer, type WantedServer } from './plan-server.ts'
import { type TakenUp, takenUp } from './taken-up.ts'
import { writeNew } from './write-new.ts'

const NOTHING_WRITTEN = 1
const NOT_SERVED = 2

/**
 * Writes the file of a new server into the folder of the configuration in force.
 *
 * @returns the exit code
 */
export async function add(wanted: WantedServer, options: GlobalOptions): Promise<number> {
  const configuration = await readConfiguration(options)
  if (configuration.kind === 'faulty') return refused(configuration.problems)
  const { config } = configuration.loaded
  const providers = new Providers(config, dirname(configuration.path), configuration.overrides.environment)
  onUncaughtInCommand(
    () => providers.customCode,
    (message) => tell(`warn: ${message}`),
  )
  const others = await firstSnapshot(providers.of(config), providers.mistakeBehind)
  if (!others.isComplete)
    tell('warn: not every provider has listed its servers: one of them may have the domain already')
  const planned = await planServer(wanted, {
    serversDir: config.serversDir,
    others,
    own: ownListeners(config.listeners),
  })
  if (planned.kind === 'refused') return refused(planned.problems)
  const written = writeNew(planned.path, planned.text)
  if (written.kind === 'refused') return refused([written.message])
  print(`wrote ${printable(shownPath(planned.path))}\n`)
  return tellTakenUp(await takenUp(dataPaths(config, configuration.path).controlSocket, planned.id), planned.id)
}

function refused(problems: readonly string[]): number {
  for (const problem of problems) tell(`error: ${problem}`)
  return NOTHING_WRITTEN
}

/** @returns the exit code of a command that has written the file of this server */
export function tellTakenUp(taken: TakenUp, id: string): number {
  switch (taken.kind) {
    case 'served':
      print(`the running proxy serves it as "${printable(id)}"\n`)
      return 0
    case 'absent':
      print('no proxy runs with this configuration: the next one serves it\n')
      return 0
    case 'not-served':
      for (const problem of taken.problems) tell(`error: ${problem}`)
      tell(
        'warn: the running proxy does not serve it: see whether it was started with other options, such as --servers-dir',
      )
      return NOT_SERVED
    case 'not-known':
      tell(`warn: whether the running proxy serves it is not known: ${taken.message}`)
      return NOT_SERVED
  }
}
