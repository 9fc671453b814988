import { readAddressListFile } from '@infrarust/config-file'
import { type ListenerConfig, trustedHosts } from '@infrarust/core'
import type { Finding } from './first-snapshot.ts'

/**
 * What there is to say about `trusted` and `trusted_file`, each told once. Names are not looked up, since a check asks nobody;
 * `doctor` does.
 */
export function trustFindings(listeners: readonly ListenerConfig[]): readonly Finding[] {
  const trusting = listeners.map(({ proxyProtocol }) => proxyProtocol).filter(({ mode }) => mode !== 'off')
  const written = new Set(trusting.flatMap(({ trusted = [] }) => trustedHosts(trusted)))
  const paths = new Set(trusting.flatMap(({ trustedFile }) => trustedFile ?? []))
  const files = [...paths].map((path) => ({ path, ...readAddressListFile(path, { mayHoldHosts: true }) }))
  return [
    ...files.flatMap((file): readonly Finding[] => [
      ...(file.kind === 'problem' ? [{ level: 'error' as const, message: file.problem }] : []),
      ...(file.warning === undefined ? [] : [{ level: 'warn' as const, message: file.warning }]),
      ...(file.kind === 'list' && file.networks.length + file.hosts.length === 0
        ? [{ level: 'warn' as const, message: `${file.path}: is empty, so it trusts nobody` }]
        : []),
    ]),
    ...[...written].map((host) => nameFinding('[proxy_protocol] trusted', host)),
    ...files.flatMap(({ path, hosts }) => hosts.map((host) => nameFinding(path, host))),
  ]
}

function nameFinding(where: string, host: string): Finding {
  return {
    level: 'warn',
    message:
      `${where}: whoever answers for the name "${host}" (its zone, the resolver, the way to it) may claim any address ` +
      'for any player, and so pass every ban, filter and limit; where the addresses stay the same, write them instead',
  }
}
