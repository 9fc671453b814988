import { resolve } from 'node:path'
import { readAddressListFile, readPlayerListFile } from '@infrarust/config-file'
import type { GatewayConfig, Server } from '@infrarust/core'
import type { FilterFiles } from '../proxy/list-files.ts'
import type { Finding } from './first-snapshot.ts'

/** What is wrong with the files that filters name, each told once. Relative paths begin at `baseDir`. */
export function listFileFindings(
  { ipFilter }: GatewayConfig,
  servers: readonly Server[],
  baseDir: string,
): readonly Finding[] {
  const addresses = pathsOf([ipFilter, ...servers.map((server) => server.ipFilter)], baseDir)
  const players = pathsOf(
    servers.map(({ playerFilter }) => playerFilter),
    baseDir,
  )
  return [
    ...addresses.flatMap((path) => findings(readAddressListFile(path))),
    ...players.flatMap((path) => findings(readPlayerListFile(path))),
  ]
}

function pathsOf(filters: readonly FilterFiles[], baseDir: string): readonly string[] {
  const paths = filters.flatMap(({ whitelistFile, blacklistFile }) => [whitelistFile, blacklistFile])
  return [...new Set(paths.flatMap((path) => (path === undefined ? [] : [resolve(baseDir, path)])))]
}

interface Read {
  readonly kind: 'list' | 'problem'
  readonly problem?: string
  readonly warning?: string | undefined
}

function findings({ problem, warning }: Read): readonly Finding[] {
  const warnings: readonly Finding[] = warning === undefined ? [] : [{ level: 'warn', message: warning }]
  return problem === undefined ? warnings : [{ level: 'error', message: problem }, ...warnings]
}
