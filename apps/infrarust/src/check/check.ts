import { dirname } from 'node:path'
import { fileProvider } from '@infrarust/config-file'
import { endpointText, type ListenerConfig, type Server, trustedEntryText } from '@infrarust/core'
import { readConfiguration } from '../configuration.ts'
import { onUncaughtInCommand } from '../custom-code/uncaught.ts'
import type { GlobalOptions } from '../options.ts'
import { ownListeners } from '../proxy/own-listeners.ts'
import { Providers } from '../proxy/providers.ts'
import { type Finding, firstSnapshot } from './first-snapshot.ts'
import { listFileFindings } from './list-files.ts'
import { loopFindings } from './loops.ts'
import { secretFindings } from './secrets.ts'
import { type Shown, shownConfiguration } from './shown.ts'
import { trustFindings } from './trust.ts'
import { webFindings } from './web.ts'

/** What would be served, and what is wrong with it; printed as it is by `check --json`. */
export interface Checked {
  /** Whether there is no finding of level `error`. */
  readonly ok: boolean
  readonly listeners: readonly CheckedListener[]
  readonly servers: readonly CheckedServer[]
  readonly findings: readonly Finding[]
  /** Every key in force and where it comes from, where that was asked for. */
  readonly shown?: Shown
}

export interface CheckedListener {
  readonly name: string
  /** An address, or a Unix socket, which has no port. */
  readonly host: string
  readonly port: number | null
  readonly proxy_protocol: 'off' | 'required' | 'optional'
  /** Null: everybody who can connect. What `trusted_file` names is not in it. */
  readonly trusted: readonly string[] | null
  readonly trusted_file?: string
}

export interface CheckedServer {
  readonly id: string
  readonly source: string
  readonly domains: readonly string[]
  readonly default: boolean
  /** `host:port`, or `host` alone where SRV is asked; `unix:/path`. */
  readonly addresses: readonly string[]
  readonly send_proxy_protocol: false | 1 | 2
}

/**
 * Reads all that a start would read, and binds and dials nothing.
 *
 * @param shows whether every key in force is wanted, too
 */
export async function checkConfiguration(options: GlobalOptions, shows = false): Promise<Checked> {
  const configuration = await readConfiguration(options)
  if (configuration.kind === 'faulty') {
    const findings = configuration.problems.map((message): Finding => ({ level: 'error', message }))
    return { ok: false, listeners: [], servers: [], findings: [...findings, ...(await serverFindings(configuration))] }
  }
  const { config, warnings } = configuration.loaded
  const baseDir = dirname(configuration.path)
  const providers = new Providers(config, baseDir, configuration.overrides.environment)
  const thrown: Finding[] = []
  onUncaughtInCommand(
    () => providers.customCode,
    (message) => thrown.push({ level: 'warn', message }),
  )
  const {
    servers,
    defined,
    isComplete,
    findings: found,
  } = await firstSnapshot(providers.of(config), providers.mistakeBehind)
  const findings = [
    ...found,
    ...thrown,
    ...(servers.length === 0 && isComplete ? [nothingServed(config.serversDir)] : []),
    ...(await loopFindings(servers, ownListeners(config.listeners))),
    ...listFileFindings(config, servers, baseDir),
    ...trustFindings(config.listeners),
    ...(await secretFindings(servers, {
      config,
      configFile: configuration.path,
      environment: configuration.overrides.environment,
    })),
    ...webFindings(config, configuration.path),
  ]
  const withoutEffect = warnings.map(({ message }): Finding => ({ level: 'warn', message }))
  return {
    ok: !findings.some(({ level }) => level === 'error'),
    listeners: config.listeners.map(checkedListener),
    servers: servers.map(checkedServer),
    findings: [...withoutEffect, ...findings],
    ...(shows && { shown: shownConfiguration(configuration.loaded, defined) }),
  }
}

/** No error: containers with labels, and servers of a provider, may come later. */
function nothingServed(serversDir: string): Finding {
  return {
    level: 'warn',
    message: `there is no server, so nobody can join; put a server file, such as survival.toml, into ${serversDir}`,
  }
}

/** What is wrong with the server files although nothing will be served: all mistakes are told at once. */
async function serverFindings({
  serversDir,
}: {
  readonly serversDir?: string | undefined
}): Promise<readonly Finding[]> {
  if (serversDir === undefined) return []
  return (
    await firstSnapshot(
      [fileProvider({ directory: serversDir, environment: { ...process.env } })],
      (_, failure) => failure,
    )
  ).findings
}

function checkedListener({ name, host, port, proxyProtocol }: ListenerConfig): CheckedListener {
  const { mode, trusted, trustedFile } = proxyProtocol
  const place = { name, host, port: port ?? null, proxy_protocol: mode }
  const listed = { ...place, trusted: trusted?.map(trustedEntryText) ?? null }
  return trustedFile === undefined ? listed : { ...listed, trusted: listed.trusted ?? [], trusted_file: trustedFile }
}

function checkedServer({ id, source, domains, isDefault, addresses, sendProxyProtocol }: Server): CheckedServer {
  return {
    id,
    source,
    domains,
    default: isDefault,
    addresses: addresses.map(endpointText),
    send_proxy_protocol: sendProxyProtocol,
  }
}
