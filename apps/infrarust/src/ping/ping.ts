import { dirname } from 'node:path'
import { type BackendNames, canBeHostName, cleanDomain, type Route } from '@infrarust/core'
import type { BackendAddress } from '@infrarust/core/provider'
import { firstSnapshot } from '../check/first-snapshot.ts'
import { readConfiguration } from '../configuration.ts'
import { onUncaughtInCommand } from '../custom-code/uncaught.ts'
import { dataPaths } from '../data-paths.ts'
import { namesFor, withoutIdleFamily } from '../doctor/backend-endpoints.ts'
import { headersLately } from '../doctor/headers-lately.ts'
import type { GlobalOptions } from '../options.ts'
import { print, printJson, tell } from '../print/print.ts'
import { printable } from '../print/printable.ts'
import { ownListeners } from '../proxy/own-listeners.ts'
import { Providers } from '../proxy/providers.ts'
import { askWay } from './ask-way.ts'
import { pingTable } from './ping-table.ts'
import { leadsTo, remarks } from './remarks.ts'
import type { Way, WayFindings } from './way.ts'
import { waysPast, wayThrough, wayVia } from './ways.ts'

export interface PingOptions {
  readonly global: GlobalOptions
  /** Where players connect, instead of the listeners. */
  readonly via: BackendAddress | undefined
  readonly json: boolean
}

/**
 * Asks for the status of a domain through the proxy and past it, and prints both.
 *
 * @returns the exit code
 */
export async function ping(written: string, { global, via, json }: PingOptions): Promise<number> {
  const domain = cleanDomain(written.trim())
  if (domain === '' || !canBeHostName(domain)) {
    tell(`error: "${written}" is no domain that a player can type; write one such as survival.example.com`)
    return 2
  }
  const configuration = await readConfiguration(global)
  if (configuration.kind === 'faulty') {
    for (const problem of configuration.problems) tell(`error: ${problem}`)
    return 2
  }
  const { config } = configuration.loaded
  const providers = new Providers(config, dirname(configuration.path), configuration.overrides.environment)
  onUncaughtInCommand(
    () => providers.customCode,
    (message) => tell(`warn: ${message}`),
  )
  const { controlSocket } = dataPaths(config, configuration.path)
  let couldNotTell = false
  const [{ route: routeOf, findings }, seen] = await Promise.all([
    firstSnapshot(providers.of(config), providers.mistakeBehind),
    headersLately(controlSocket, () => {
      couldNotTell = true
    }),
  ])
  for (const { level, message } of findings) tell(`${level}: ${message}`)
  const route = routeOf(domain)
  const names = namesFor(ownListeners(config.listeners))
  try {
    const through = via === undefined ? config.listeners.map((each) => wayThrough(each, domain)) : [wayVia(via, domain)]
    // At once: both answers are then of one moment.
    const [answers, direct] = await Promise.all([Promise.all(through.map(askWay)), askPast(route, domain, names)])
    const ways = [...answers, ...direct]
    const asked = {
      domain,
      route,
      runs: couldNotTell || via !== undefined ? undefined : seen !== undefined,
      ways,
      config,
    }
    const said = { leads_to: leadsTo(asked), remarks: remarks(asked) }
    if (json) printJson({ domain, server: 'server' in route ? route.server.id : null, ...said, ways })
    else {
      print(`${printable(said.leads_to)}\n\n${pingTable(ways)}`)
      for (const line of said.remarks) print(`\n${printable(line)}\n`)
    }
    return ways.every(({ result }) => result === 'answered') && ways.some(({ way }) => way === 'past') ? 0 : 1
  } finally {
    names.stop()
  }
}

/** Of the server that the domain leads to; none where the proxy answers itself. */
async function askPast(route: Route, domain: string, names: BackendNames): Promise<readonly WayFindings[]> {
  if (route.kind !== 'server' && route.kind !== 'default') return []
  const { server } = route
  const found = await Promise.all(
    server.addresses.map(async (backend) => askBackend(await waysPast(server, backend, domain, names))),
  )
  return found.flat()
}

async function askBackend(ways: readonly Way[]): Promise<readonly WayFindings[]> {
  const asked = await Promise.all(
    ways.map(async (way) => ({
      address: way.target.kind === 'ask' ? way.target.endpoint.address : way.shownAs,
      findings: await askWay(way),
    })),
  )
  const isReached = ({ findings }: { readonly findings: WayFindings }): boolean => findings.result !== 'unreachable'
  return withoutIdleFamily(asked, isReached).map(({ findings }) => findings)
}
