import { dirname } from 'node:path'
import type { ServerPowerType } from '@infrarust/core/server-power'
import { firstSnapshot } from '../check/first-snapshot.ts'
import { readConfiguration } from '../configuration.ts'
import { onUncaughtInCommand } from '../custom-code/uncaught.ts'
import { dataPaths } from '../data-paths.ts'
import type { GlobalOptions } from '../options.ts'
import { print, printJson, tell } from '../print/print.ts'
import { printable } from '../print/printable.ts'
import { ownListeners } from '../proxy/own-listeners.ts'
import { Providers } from '../proxy/providers.ts'
import { dockerPlace } from '../server-power/docker-place.ts'
import type { PowerModules } from '../server-power/module-code.ts'
import { type Diagnosis, diagnose, type KnownThere } from './diagnose.ts'
import { doctorTable } from './doctor-table.ts'
import { hasConnectionFor } from './has-connection-for.ts'
import { headersLately } from './headers-lately.ts'
import { powerFindings } from './power-findings.ts'
import { lookUpTrustedHosts } from './trusted-hosts.ts'
import { wayIn } from './way-in.ts'

/**
 * Tries every server, and prints what is found.
 *
 * @param ids of those that are tried; none: all
 * @returns the exit code
 */
export async function doctor(options: GlobalOptions, ids: readonly string[], json: boolean): Promise<number> {
  const configuration = await readConfiguration(options)
  if (configuration.kind === 'faulty') {
    for (const problem of configuration.problems) tell(`error: ${problem}`)
    return 2
  }
  const { config } = configuration.loaded
  const providers = new Providers(config, dirname(configuration.path), configuration.overrides.environment)
  let modules: PowerModules | undefined
  onUncaughtInCommand(
    () => [...providers.customCode, ...(modules?.customCode ?? [])],
    (message) => tell(`warn: ${message}`),
  )
  const { servers: all, findings, isComplete } = await firstSnapshot(providers.of(config), providers.mistakeBehind)
  for (const { level, message } of findings) tell(`${level}: ${message}`)
  const unknown = ids.filter((id) => !all.some((server) => server.id === id))
  for (const id of unknown) tell(`error: no server has the id ${id}; infrarust check lists them`)
  if (unknown.length > 0) return 2
  const servers = ids.length === 0 ? all : all.filter(({ id }) => ids.includes(id))
  const { controlSocket } = dataPaths(config, configuration.path)
  const seen = await headersLately(controlSocket, (why) => tell(`warn: ${why}`))
  const hosts = seen?.trustedNames ?? (await lookUpTrustedHosts(config.listeners))
  const ways = config.listeners.map((listener) => wayIn(listener, seen?.byListener.get(listener.name), hosts))
  // What is for tools has one shape and nothing else in it; the rest is said beside it.
  for (const { line } of ways) if (json) tell(`listener ${line}`)
  for (const { warning } of ways) if (warning !== undefined) tell(`warn: ${warning}`)

  let done = 0
  const own = ownListeners(config.listeners)
  const isHere = seen && ((domain: string) => hasConnectionFor(controlSocket, domain))
  const baseDir = dirname(configuration.path)
  let types: readonly ServerPowerType[] = []
  if (servers.some(({ serverManager }) => serverManager !== undefined)) {
    const { PowerModules, powersOfOthers } = await import('../server-power/load-manager.ts')
    modules = new PowerModules()
    // What this machine runs is known by the proxy that has started it, and to nobody else.
    types = powersOfOthers(() => dockerPlace(config, baseDir), modules)
  }
  const known: KnownThere = {
    isHere,
    isAwake: ({ id }) => seen?.awake.has(id) === true,
    askPower: (server) => powerFindings(server, types, baseDir),
    forwarding: config.forwarding.mode,
  }
  const diagnoses = await diagnose(servers, own, known, ({ id, verdict }) =>
    tell(`${++done}/${servers.length} ${id}: ${verdict}`),
  )
  if (json) printJson({ servers: diagnoses })
  else {
    for (const { line } of ways) print(`listener  ${printable(line)}\n`)
    print(`\n${doctorTable(diagnoses)}`)
  }
  if (findings.some(({ level }) => level === 'error')) return 2
  // Servers that nobody can list are not known to be well.
  return isComplete && diagnoses.every(isWell) ? 0 : 1
}

function isWell({ verdict, power }: Diagnosis): boolean {
  return (verdict === 'ok' || verdict === 'asleep') && (power?.checks ?? []).every(({ ok }) => ok)
}
