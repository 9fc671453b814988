import type { Server } from '@infrarust/core'
import type { SecretSources } from '../logins/secret-place.ts'
import type { Finding } from './first-snapshot.ts'

/** What is wrong with the secrets that servers share with the proxy. One that is missing is made by the start, not here. */
export async function secretFindings(servers: readonly Server[], sources: SecretSources): Promise<readonly Finding[]> {
  if (!servers.some(({ proxyMode }) => proxyMode === 'client_only' || proxyMode === 'offline')) return []
  const { secretPlaceOf, withheldFrom, SECRET_VARIABLE } = await import('../logins/secret-place.ts')
  const { readSecret, secretIn } = await import('../logins/secret-file.ts')
  const read = new Map<string, ReturnType<typeof readSecret>>()
  for (const server of servers) {
    const place = secretPlaceOf(server, sources)
    const variable = `variable ${SECRET_VARIABLE}`
    if (place.kind === 'variable') read.set(variable, secretIn(Buffer.from(place.text), variable))
    if (place.kind === 'file' && !read.has(place.path)) read.set(place.path, readSecret(place.path))
  }
  return [
    ...servers.flatMap((server): Finding[] => {
      const message = withheldFrom(server, sources.config)
      return message === undefined ? [] : [{ level: 'warn', message }]
    }),
    ...[...read.values()].flatMap((reading): Finding[] => {
      if (reading === undefined) return []
      if (reading.kind === 'fault') return [{ level: 'error', message: `forwarding secret: ${reading.fault}` }]
      return reading.warnings.map((warning) => ({ level: 'warn', message: `forwarding secret: ${warning}` }))
    }),
  ]
}
