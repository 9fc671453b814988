import { readAddressListFile } from '@infrarust/config-file'
import {
  type ListenerConfig,
  NameLookup,
  type ReceivedProxyProtocol,
  TrustedNames,
  trustedEntryText,
  trustedHosts,
} from '@infrarust/core'

/** A name in `trusted` and what it stands for. */
export interface KnownHost {
  readonly name: string
  readonly addresses: readonly string[]
}

/** Whom a listener believes: the entries as they are written, those of its file among them. Null: everybody. */
export function trustedEntries({ trusted, trustedFile }: ReceivedProxyProtocol): readonly string[] | null {
  const written = trusted?.map(trustedEntryText)
  if (trustedFile === undefined) return written ?? null
  const { networks, hosts } = readAddressListFile(trustedFile, { mayHoldHosts: true })
  return [...(written ?? []), ...networks.map(trustedEntryText), ...hosts]
}

/** Looks the names up that these listeners trust: where no proxy runs that would know. */
export async function lookUpTrustedHosts(listeners: readonly ListenerConfig[]): Promise<readonly KnownHost[]> {
  const lookup = new NameLookup()
  const names = new TrustedNames({
    lookUp: (host, wantsSrv) => lookup.lookUp(host, wantsSrv),
    notice: () => undefined,
  })
  names.use(
    listeners.flatMap(({ proxyProtocol: { mode, trusted = [], trustedFile } }) => {
      if (mode === 'off') return []
      const file = trustedFile === undefined ? undefined : readAddressListFile(trustedFile, { mayHoldHosts: true })
      return [...trustedHosts(trusted), ...(file?.hosts ?? [])]
    }),
  )
  await names.firstAnswers()
  const found = names.status()
  names.stop()
  return found
}
