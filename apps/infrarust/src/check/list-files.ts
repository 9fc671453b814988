import { resolve } from 'node:path'
import { readAddressListFile } from '@infrarust/config-file'
import type { GatewayConfig, Server } from '@infrarust/core'
import type { Finding } from './first-snapshot.ts'

/** What is wrong with the files that filters name, each told once. Relative paths begin at `baseDir`. */
export function addressListFindings(
  { ipFilter }: GatewayConfig,
  servers: readonly Server[],
  baseDir: string,
): readonly Finding[] {
  const filters = [ipFilter, ...servers.map((server) => server.ipFilter)]
  const paths = filters.flatMap(({ whitelistFile, blacklistFile }) => [whitelistFile, blacklistFile])
  const named = new Set(paths.flatMap((path) => (path === undefined ? [] : [resolve(baseDir, path)])))
  return [...named].flatMap((path): readonly Finding[] => {
    const file = readAddressListFile(path)
    const warnings: readonly Finding[] = file.warning === undefined ? [] : [{ level: 'warn', message: file.warning }]
    return file.kind === 'problem' ? [{ level: 'error', message: file.problem }, ...warnings] : warnings
  })
}
