import { type KeyTable, keyTable, text } from '@infrarust/core/provider'

/** Paths of PEM files, relative to the folder of the file that names them. */
export interface DockerTls {
  readonly ca: string | undefined
  readonly cert: string | undefined
  readonly key: string | undefined
}

const path = text({ maxLength: 4096 })

/** Keys of `[docker.tls]`. */
export const dockerTlsKeys: KeyTable<DockerTls> = keyTable<DockerTls>({
  ca: {
    kind: 'key',
    from: 'operator',
    name: 'ca',
    type: path,
    default: undefined,
    absent: "the system's authorities",
    description: "Certificate of the authority that signed the engine's certificate.",
    example: '/etc/infrarust/docker/ca.pem',
    reload: 'live',
  },
  cert: {
    kind: 'key',
    from: 'operator',
    name: 'cert',
    type: path,
    default: undefined,
    absent: 'no client certificate',
    description: "The proxy's own certificate.",
    example: '/etc/infrarust/docker/cert.pem',
    reload: 'live',
  },
  key: {
    kind: 'key',
    from: 'operator',
    name: 'key',
    type: path,
    default: undefined,
    absent: 'no client certificate',
    description: 'The private key of `cert`.',
    example: '/etc/infrarust/docker/key.pem',
    reload: 'live',
  },
})
